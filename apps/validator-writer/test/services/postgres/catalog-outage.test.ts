import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { openPredictions } from "@foretile/app-kit";
import { temporaryFolder } from "@foretile/testkit";
import { postgresService } from "@foretile/testkit/services";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";

import { makeCatalogStore } from "../../support/catalog-store.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
} from "../../support/small-request.ts";
import { openTcpGate } from "../../support/tcp-gate.ts";
import { WriterProcess } from "../../support/writer-process.ts";

const MINERS = [1, 2, 3, 4];
const REQUESTS_PER_LIFE = 8;
const LIVES = 5;

const postgres = await postgresService();
afterAll(() => postgres[Symbol.asyncDispose]());

function linesOfLife(life: number): string {
  const numbers = Array.from(
    { length: REQUESTS_PER_LIFE },
    (_, index) => life * REQUESTS_PER_LIFE + index,
  );
  return numbers
    .flatMap((number) => [
      requestLine(`r${number}`, number),
      ...MINERS.map((miner) =>
        responseLine(`r${number}`, {
          ...answerDocument(number, miner, number * 10 + miner),
          miner_id: miner,
        }),
      ),
      publishLine(`r${number}`),
      "",
    ])
    .join("\n");
}

/** What the network's own programs find of our requests. */
async function networkRows(): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(
      `select vr.asset || '#' || extract(epoch from vr.start_time)::bigint as key,
         mp.miner_id::int as miner, mp.prediction::text as payload, mp.bigtable_key as tile,
         mp.format_validation as format, mp.deleted_at is null as alive
       from validator_requests vr join miner_predictions mp on mp.validator_requests_id = vr.id
       order by vr.start_time, mp.miner_id, vr.id`,
    );
    return result.rows;
  } finally {
    await client.end();
  }
}

test("a writer that is killed while the database comes and goes loses and doubles nothing", async () => {
  await using folder = await temporaryFolder();
  const address = new URL(postgres.url);
  await using gate = await openTcpGate(address.hostname, Number(address.port));
  const through = new URL(postgres.url);
  through.hostname = "127.0.0.1";
  through.port = gate.port.toString();
  const url = `lmdb:${join(folder.path, "store")}`;
  const journal = join(folder.path, "journal");
  await makeCatalogStore(url, postgres.url);

  const argv = ["ingest", "--store", url, "--journal", journal];
  const env = { FORETILE_CATALOG: through.href };
  const acknowledged = new Set<string>();
  const statuses = new Set<unknown>();
  for (let life = 0; life < LIVES; life += 1) {
    if (life === LIVES - 1) gate.shut();
    else gate.open();
    await using writer = new WriterProcess(argv, env);
    await writer.write(linesOfLife(life));
    await writer.resultCount(2);
    // In the middle of a life the database goes away.
    if (life % 2 === 1) gate.shut();
    await writer.resultCount(4 + (life % 4));
    writer.child.kill("SIGKILL");
    await writer.end();
    for (const { key, catalog } of writer.results) {
      acknowledged.add(key as string);
      statuses.add((catalog as { readonly status: string }).status);
    }
  }
  expect(statuses).toEqual(new Set(["saved", "waiting"]));
  expect(acknowledged.size).toBeGreaterThanOrEqual(LIVES * 4);

  gate.open();
  await using last = new WriterProcess(argv, env);
  last.child.stdin.end();
  const end = await last.end();
  expect(end).toMatchObject({ code: 0 });
  expect(last.results).toMatchObject([
    { event: "journal", set_aside_requests: 0, waiting_requests: 0 },
  ]);
  expect(await readdir(journal)).toEqual([]);

  const rows = await networkRows();
  const found = new Set(rows.map(({ key }) => `small/${String(key)}`));
  expect([...acknowledged].filter((key) => !found.has(key))).toEqual([]);
  // Each miner of each request once, with the key of its tile and the network's mark for one that is elsewhere.
  const wanted = [...found].flatMap((key) =>
    MINERS.map((miner) => ({
      key: key.slice("small/".length),
      miner,
      payload: '{"stored": "bigtable"}',
      tile: `${key.slice("small/".length)}#${miner.toString().padStart(6, "0")}`,
      format: "CORRECT",
      alive: true,
    })),
  );
  expect(rows).toEqual(wanted);
  await using opened = await openPredictions(url, "read");
  for (const key of found) {
    const { answers } = await opened.predictions.read(key);
    expect(answers.map(({ minerId }) => minerId)).toEqual(MINERS);
  }
  expect(found.has(keyOf(0))).toBe(true);
});
