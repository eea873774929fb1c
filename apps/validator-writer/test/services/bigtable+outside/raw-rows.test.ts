import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createPredictions, openPredictions } from "@foretile/app-kit";
import { temporaryFolder } from "@foretile/testkit";
import { bigtableService, outsideTools } from "@foretile/testkit/services";
import { beforeEach, expect, test, vi } from "vitest";

import { runWriter } from "../../support/run-writer.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
  SMALL_LABEL,
} from "../../support/small-request.ts";

const { endpoint, project, instance, tablePrefix } = await bigtableService();
const outside = outsideTools();

beforeEach(() => {
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", endpoint);
});

function rows(command: string, ...rest: string[]): Promise<string> {
  return outside.rows([command, project, instance, ...rest], { BIGTABLE_EMULATOR_HOST: endpoint });
}

test("raw rows are what Google's client and numpy read, and the newest is what was published last", async () => {
  await using folder = await temporaryFolder();
  const prefix = tablePrefix.slice(0, 12);
  const url = `bigtable://${project}/${instance}/${prefix}`;
  await (await createPredictions(url, { labels: [SMALL_LABEL] }))[Symbol.asyncDispose]();

  /** Publishes an answer of each miner, made from `seed`. */
  const publish = async (seed: number): Promise<void> => {
    const input = [
      requestLine("r", 0),
      ...[1, 2].map((miner) => responseLine("r", answerDocument(0, miner, seed + miner))),
      publishLine("r"),
    ].join("\n");
    const args = ["ingest", "--store", url, "--codec", "raw", "--json"];
    expect(await runWriter(args, { input })).toMatchObject({ exitCode: 0 });
  };
  /** What upstream's writer would have stored for that answer. */
  const expected = async (miner: number, seed: number): Promise<Buffer> => {
    const [json, bytes] = [join(folder.path, "answer.json"), join(folder.path, "expected.f32")];
    await writeFile(json, JSON.stringify(answerDocument(0, miner, seed + miner).prediction));
    await outside.predictionRow(["make", json, bytes]);
    return readFile(bytes);
  };
  const start = keyOf(0).split("#")[1] ?? "";
  const table = `${prefix}_small`;

  for (const [round, seed] of [10, 20].entries()) {
    await publish(seed);
    const read = join(folder.path, `round-${round}`);
    await mkdir(read);
    await rows("get", table, `BTC#${start}#`, read);
    for (const miner of [1, 2]) {
      const key = `BTC#${start}#${String(1000 + miner).padStart(6, "0")}`;
      expect(await readFile(join(read, `${key}.f32`))).toStrictEqual(await expected(miner, seed));
    }
  }

  // Each publication has cells of its own, and the earlier version still reads its own.
  const listed = (await rows("list", table, `BTC#${start}#`)).trim().split("\n");
  expect(listed).toHaveLength(4);
  await using opened = await openPredictions(url, "read");
  const earlier = await opened.predictions.read(keyOf(0), { asOf: 1 });
  const { simulations, steps } = earlier.shape;
  const tile = await earlier.readTile(1001);
  const first = new Float32Array(new Uint8Array(await expected(1, 10)).buffer);
  for (let step = 0; step < steps; step += 1) {
    for (let simulation = 0; simulation < simulations; simulation += 1) {
      expect(tile[step * simulations + simulation]).toBe(first[simulation * steps + step]);
    }
  }
});
