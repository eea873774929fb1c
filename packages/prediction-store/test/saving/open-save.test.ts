import { expect, test } from "vitest";
import { requestKey } from "../../src/index.ts";
import { RequestSaver } from "../../src/saving/index.ts";
import {
  bitsOf,
  invalidAnswer,
  readAll,
  request,
  validAnswer,
  walk,
} from "../store/open-test-store.ts";
import { filesOf } from "./open-journal.ts";
import { openTestSaver, type TestSaver } from "./open-saver.ts";

const key = requestKey(request);

async function replay({ saver }: TestSaver): Promise<string[]> {
  const statuses: string[] = [];
  for await (const { status } of saver.replay()) statuses.push(status);
  return statuses;
}

async function tilesOf({ predictions }: TestSaver): Promise<unknown[]> {
  return [...(await readAll(await predictions.read(key)))];
}

test("answers that come one by one are published, catalogued, and leave no file", async () => {
  await using saving = await openTestSaver();
  const save = await saving.saver.begin({ request });
  await save.put(validAnswer(1));
  await save.put(invalidAnswer(2));
  expect(await saving.journal.entries()).toEqual([]);
  expect(await save.finish()).toMatchObject({
    status: "saved",
    published: { version: 1, answers: { valid: 1, invalid: 1 } },
    saved: { created: true, written: 2, refused: [] },
  });
  expect(save.isOpen).toBe(false);
  expect(await filesOf(saving.folder)).toEqual([]);
  const found = await saving.catalog.findRequest(request);
  expect(found?.predictions).toEqual({ valid: 1, invalid: 1, deleted: 0 });
});

test("a store that goes away between two answers loses neither", async () => {
  await using saving = await openTestSaver();
  const save = await saving.saver.begin({ request });
  await save.put(validAnswer(1));
  saving.away.store = true;
  await save.put(validAnswer(2));
  await save.put(validAnswer(1, 9));
  const outcome = await save.finish();
  expect(outcome).toMatchObject({ status: "spilled", published: undefined });
  expect(await replay(saving)).toEqual(["waiting"]);
  saving.away.store = false;
  expect(await replay(saving)).toEqual(["saved"]);
  expect(await tilesOf(saving)).toEqual([
    [1, bitsOf(walk(9))],
    [2, bitsOf(walk(2))],
  ]);
  expect(await filesOf(saving.folder)).toEqual([]);
});

test("answers under way are in the catalog, too", async () => {
  await using saving = await openTestSaver();
  const save = await saving.saver.begin({ request });
  const putting = [1, 2, 3].map((minerId) => save.put(validAnswer(minerId)));
  expect(await save.finish()).toMatchObject({ status: "saved", saved: { written: 3 } });
  await Promise.all(putting);
  await expect(save.put(validAnswer(1))).rejects.toMatchObject({ code: "publication-closed" });
});

test("a later save of a request that waits does not overtake it", async () => {
  await using saving = await openTestSaver();
  saving.away.store = true;
  const first = await saving.saver.begin({ request });
  await first.put(validAnswer(1));
  await first.finish();
  saving.away.store = false;
  const second = await saving.saver.begin({ request });
  await second.put(validAnswer(1, 9));
  expect(await second.finish()).toMatchObject({
    status: "spilled",
    cause: { code: "request-waiting" },
  });
  expect(await replay(saving)).toEqual(["saved", "saved"]);
  expect(await tilesOf(saving)).toEqual([[1, bitsOf(walk(9))]]);
});

test("a catalog that is away keeps nothing but what it is told, and nobody without a journal", async () => {
  await using saving = await openTestSaver();
  saving.away.catalog = true;
  const save = await saving.saver.begin({ request });
  await save.put(validAnswer(1));
  expect(await save.finish()).toMatchObject({ status: "spilled", published: { version: 1 } });
  const bare = new RequestSaver({ predictions: saving.predictions, catalog: saving.catalog });
  const again = await bare.begin({ request });
  await again.put(validAnswer(3));
  await expect(again.finish()).rejects.toMatchObject({ code: "unavailable" });
  expect(again.isOpen).toBe(true);
  saving.away.catalog = false;
  expect(await again.finish()).toMatchObject({ status: "saved", saved: { written: 1 } });
  expect(await replay(saving)).toEqual(["saved"]);
  const found = await saving.catalog.findRequest(request);
  expect(found?.predictions).toEqual({ valid: 2, invalid: 0, deleted: 0 });
});

test("without a catalog the journal keeps requests for the store; what waits for a catalog stays", async () => {
  await using saving = await openTestSaver();
  saving.away.catalog = true;
  await saving.saver.save({ request, answers: () => [validAnswer(1)] });
  const { predictions, journal } = saving;
  const bare = new RequestSaver({ predictions, journal });
  saving.away.store = true;
  const later = { ...request, startUnixSeconds: request.startUnixSeconds + 300 };
  const save = await bare.begin({ request: later });
  await save.put(validAnswer(1));
  expect(await save.finish()).toMatchObject({ status: "spilled" });
  saving.away.store = false;
  const statuses: string[] = [];
  for await (const { status } of bare.replay()) statuses.push(status);
  expect(statuses).toEqual(["saved"]);
  expect((await journal.entries()).map(({ number }) => number)).toEqual([1]);
});

test("a journal without room costs a request its safety, not its answers", async () => {
  await using saving = await openTestSaver(2_000);
  const save = await saving.saver.begin({ request });
  for (const minerId of [1, 2, 3, 1, 2, 3, 1, 2, 3]) await save.put(validAnswer(minerId));
  expect(save.spillFailure).toMatchObject({ code: "journal-full" });
  expect(await save.finish()).toMatchObject({ status: "saved", saved: { written: 3 } });

  saving.away.store = true;
  const next = await saving.saver.begin({ request });
  await next.put(validAnswer(1, 9));
  // The one that has no room is refused; the one that was taken is kept.
  await expect(
    Promise.all([2, 3, 1, 2, 3, 1, 2, 3].map((minerId) => next.put(validAnswer(minerId, 9)))),
  ).rejects.toMatchObject({ code: "journal-full", cause: { code: "unavailable" } });
  expect(await next.finish()).toMatchObject({ status: "spilled" });
  saving.away.store = false;
  expect(await replay(saving)).toEqual(["saved"]);
});

test("a tile of another size is refused and does not reach the journal", async () => {
  await using saving = await openTestSaver();
  saving.away.store = true;
  const save = await saving.saver.begin({ request });
  const tile = new Float32Array(1);
  const wrong = { ...validAnswer(1), outcome: { status: "valid", tile } } as const;
  await expect(save.put(wrong)).rejects.toMatchObject({ code: "invalid-answer" });
  await save.put(validAnswer(2));
  await save.finish();
  saving.away.store = false;
  expect(await replay(saving)).toEqual(["saved"]);
  expect(await tilesOf(saving)).toEqual([[2, bitsOf(walk(2))]]);
});
