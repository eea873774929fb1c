import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requestKey, type Answer } from "../../src/index.ts";
import { RequestSaver, type ReplayOutcome } from "../../src/saving/index.ts";
import {
  bitsOf,
  invalidAnswer,
  readAll,
  request,
  validAnswer,
  walk,
} from "../store/open-test-store.ts";
import { openTestSaver, type TestSaver } from "./open-saver.ts";

const answers = (): Answer[] => [validAnswer(1), invalidAnswer(2), validAnswer(3)];
const toSave = { request, requestedUnixSeconds: request.startUnixSeconds - 60, answers };
const key = requestKey(request);

async function replayed({ saver }: TestSaver): Promise<ReplayOutcome[]> {
  const outcomes: ReplayOutcome[] = [];
  for await (const outcome of saver.replay()) outcomes.push(outcome);
  return outcomes;
}

async function expectSaved({ catalog, predictions }: TestSaver): Promise<void> {
  const found = await catalog.findRequest(request);
  expect(found).toMatchObject({
    version: 1,
    requestedUnixSeconds: request.startUnixSeconds - 60,
    predictions: { valid: 2, invalid: 1, deleted: 0 },
  });
  const rows = found && (await catalog.readPredictions(found.id));
  expect(rows?.map((row) => [row.minerId, row.formatValidation, row.tileKey])).toEqual([
    [1, "CORRECT", "BTC#1512475200#000001"],
    [2, "no answer in time", undefined],
    [3, "CORRECT", "BTC#1512475200#000003"],
  ]);
  const tiles = await readAll(await predictions.read(key, { asOf: 1 }));
  expect([...tiles]).toEqual([
    [1, bitsOf(walk(1))],
    [3, bitsOf(walk(3))],
  ]);
}

test("a request is published, then catalogued; repeating it changes nothing", async () => {
  await using saving = await openTestSaver();
  const first = await saving.saver.save(toSave);
  expect(first).toMatchObject({
    status: "saved",
    version: 1,
    saved: { created: true, written: 3 },
  });
  await expectSaved(saving);
  const second = await saving.saver.save(toSave);
  expect(second).toMatchObject({
    status: "saved",
    version: 1,
    saved: { created: false, written: 0 },
  });
  expect(await saving.journal.entries()).toEqual([]);
});

test("while the store is away requests are kept with their tiles, and replayed in order", async () => {
  await using saving = await openTestSaver();
  saving.away.store = true;
  const other = { ...request, startUnixSeconds: request.startUnixSeconds + 300 };
  for (const each of [request, other]) {
    const outcome = await saving.saver.save({ ...toSave, request: each });
    expect(outcome).toMatchObject({ status: "spilled", cause: { code: "unavailable" } });
  }
  expect(await saving.catalog.findRequest(request)).toBeUndefined();
  expect(await replayed(saving)).toMatchObject([{ status: "waiting", entry: { number: 1 } }]);
  saving.away.store = false;
  expect(await replayed(saving)).toMatchObject([
    { status: "saved", entry: { number: 1 }, saved: { created: true } },
    { status: "saved", entry: { number: 2 }, saved: { created: true } },
  ]);
  await expectSaved(saving);
  expect(await saving.journal.entries()).toEqual([]);
});

test("while the catalog is away no reader finds the request there, and tiles are not kept twice", async () => {
  await using saving = await openTestSaver();
  saving.away.catalog = true;
  const outcome = await saving.saver.save(toSave);
  expect(outcome).toMatchObject({ status: "spilled" });
  const [entry] = await saving.journal.entries();
  expect(entry?.bytes).toBeLessThan(1_000);
  expect(await saving.catalog.findRequest(request)).toBeUndefined();
  saving.away.catalog = false;
  expect(await replayed(saving)).toMatchObject([{ status: "saved", saved: { written: 3 } }]);
  await expectSaved(saving);
});

test("a replay that ended after any step goes on", async () => {
  await using saving = await openTestSaver();
  saving.away.store = true;
  await saving.saver.save(toSave);
  saving.away.store = false;
  saving.away.catalog = true;
  // Published, not catalogued.
  expect(await replayed(saving)).toMatchObject([{ status: "waiting" }]);
  saving.away.catalog = false;
  // Catalogued by somebody else meanwhile, and not removed.
  await new RequestSaver({ predictions: saving.predictions, catalog: saving.catalog }).save(toSave);
  expect(await replayed(saving)).toMatchObject([{ status: "saved", saved: { written: 0 } }]);
  await expectSaved(saving);
});

test("what is wrong with a request itself is thrown, and set aside when it was kept", async () => {
  await using saving = await openTestSaver();
  const wrong = { ...request, simulations: 0 };
  await expect(saving.saver.save({ ...toSave, request: wrong })).rejects.toMatchObject({
    code: "invalid-request",
  });
  await saving.saver.save(toSave);
  const other = { ...request, simulations: 6 };
  await saving.journal.append(
    { request: other, requestedUnixSeconds: undefined, publishedVersion: undefined },
    [],
  );
  expect(await replayed(saving)).toMatchObject([
    { status: "refused", error: { code: "request-mismatch" } },
  ]);
  expect(await replayed(saving)).toEqual([]);
  await expectSaved(saving);
});

test("a damaged file is set aside, and stops no other", async () => {
  await using saving = await openTestSaver();
  const spilled = {
    request,
    requestedUnixSeconds: toSave.requestedUnixSeconds,
    publishedVersion: undefined,
  };
  for (let count = 0; count < 2; count += 1) await saving.journal.append(spilled, answers());
  await writeFile(
    join(saving.folder, "000000000001.spill"),
    "not a spilled request, but long enough",
  );
  expect(await replayed(saving)).toMatchObject([
    { status: "refused", entry: { number: 1 }, error: { code: "damaged" } },
    { status: "saved", entry: { number: 2 } },
  ]);
  await expectSaved(saving);
});

test("a journal without room says so, with what kept the request from being saved", async () => {
  await using saving = await openTestSaver(1_000);
  saving.away.store = true;
  const failure = { code: "journal-full", retry: "safe", cause: { code: "unavailable" } };
  await expect(saving.saver.save(toSave)).rejects.toMatchObject(failure);
  expect(await saving.journal.entries()).toEqual([]);
  saving.away.store = false;
  expect(await saving.saver.save(toSave)).toMatchObject({ status: "saved" });
});

test("an aborted save is not kept", async () => {
  await using saving = await openTestSaver();
  const signal = AbortSignal.abort();
  await expect(saving.saver.save(toSave, { signal })).rejects.toMatchObject({ code: "aborted" });
  expect(await saving.journal.entries()).toEqual([]);
});
