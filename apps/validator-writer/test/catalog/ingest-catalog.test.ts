import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { lookInto, makeCatalogStore } from "../support/catalog-store.ts";
import { ingestLines, runWriter } from "../support/run-writer.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
} from "../support/small-request.ts";

const START = Number(keyOf().split("#")[1]);

function answer(minerId: number): string {
  return responseLine("r1", { ...answerDocument(0, minerId), miner_id: minerId });
}

const lines = [requestLine("r1"), answer(1), answer(2), publishLine("r1")];

test("a published request is in the catalog, with the keys of the network", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${join(folder.path, "store")}`;
  await makeCatalogStore(url, "store");
  const { exitCode, results } = await ingestLines(url, lines, "--catalog", "store");
  expect(results).toMatchObject([{ event: "published", version: 1, catalog: { status: "saved" } }]);
  expect(exitCode).toBe(0);
  await lookInto(url, "store", async (catalog) => {
    const address = { label: "small", asset: "BTC", startUnixSeconds: START };
    const found = await catalog.findRequest(address);
    expect(found).toMatchObject({ version: 1, predictions: { valid: 2, invalid: 0 } });
    const rows = found && (await catalog.readPredictions(found.id));
    expect(rows?.map(({ minerId, tileKey }) => [minerId, tileKey])).toEqual([
      [1, `BTC#${START}#000001`],
      [2, `BTC#${START}#000002`],
    ]);
  });
});

test("miners that the catalog does not know are named, and the run is incomplete", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${join(folder.path, "store")}`;
  await makeCatalogStore(url, "store");
  const { exitCode, results } = await ingestLines(
    url,
    [requestLine("r1"), answer(1), answer(77)],
    "--catalog",
    "store",
  );
  expect(results).toMatchObject([{ catalog: { status: "saved", refused_miners: [77] } }]);
  expect(exitCode).toBe(6);
});

test("a catalog that is away costs nothing with a journal, which is told and replayed", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${join(folder.path, "store")}`;
  const journal = join(folder.path, "journal");
  await makeCatalogStore(url, "store");
  // Nobody listens on the reserved port 1.
  const away = "postgresql://nobody@127.0.0.1:1/nothing";
  const first = await ingestLines(url, lines, "--catalog", away, "--journal", journal);
  expect(first.results).toMatchObject([
    { event: "published", version: 1, catalog: { status: "waiting" } },
    { event: "journal", saved_requests: 0, waiting_requests: 1 },
  ]);
  expect(first.exitCode).toBe(6);
  expect(first.stderr).toContain("the catalog is away");

  const second = await ingestLines(url, [], "--catalog", "store", "--journal", journal);
  expect(second.results).toMatchObject([
    { event: "journal", saved_requests: 1, set_aside_requests: 0, waiting_requests: 0 },
  ]);
  expect(second.exitCode).toBe(0);
  expect(await readdir(journal)).toEqual([]);
  await lookInto(url, "store", async (catalog) => {
    const address = { label: "small", asset: "BTC", startUnixSeconds: START };
    expect(await catalog.findRequest(address)).toMatchObject({ predictions: { valid: 2 } });
  });
});

test("without a journal a catalog that is away ends the run before anything is read", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${join(folder.path, "store")}`;
  await makeCatalogStore(url, "store");
  const away = "postgresql://nobody@127.0.0.1:1/nothing";
  const { exitCode, results, stderr } = await ingestLines(url, lines, "--catalog", away);
  expect([exitCode, results]).toEqual([5, []]);
  expect(stderr).toContain('"code":"unavailable"');
});

test.each([
  ["a password", "postgresql://me:secret@localhost/synth", "must not hold a password"],
  ["another kind", "mysql://localhost/synth", "no such kind of catalog scheme=mysql"],
  ["no database", "postgresql://localhost", "does not name a database"],
])("%s in the URL is refused, and not repeated", async (_name, catalog, message) => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${join(folder.path, "store")}`;
  await makeCatalogStore(url, "store");
  const run = await runWriter(["ingest", "--store", url, "--catalog", catalog]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(message);
  expect(run.stderr).not.toContain("secret");
});

test("a store without a catalog says how to make one", async () => {
  const url = "memory:no-catalog";
  const run = await runWriter(["ingest", "--store", url, "--catalog", "store"]);
  expect(run.exitCode).toBe(5);
  expect(run.stderr).toContain("catalog init");
});
