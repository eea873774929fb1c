import { describe, expect, test } from "vitest";
import { StorageError, type RowStore } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createRowCatalog, openRowCatalog, type Catalog, type RequestId } from "../../src/index.ts";
import { lowRequest, minerIds, NOON, save, score, valid } from "../../src/conformance/samples.ts";
import { fixedParts } from "./open-memory-catalog.ts";

/*
 * Rows are atomic singly: a call that writes several can end between any two of them. For each operation, and each of
 * its writes, the process ends before or after that write; then what readers see must be whole, and repeating the
 * operation must come to the same end as if nothing had happened.
 */

const DAY = 86_400;
const low = { label: "low" };
const deletion = { reason: "test", atMs: NOON * 1_000 };
const claim = { label: "low", deletedBeforeMs: NOON * 1_000 + 1, atMs: NOON * 1_000 + 1 };
const request = lowRequest("BTC", NOON - 2 * DAY);
const id = `low/BTC#${NOON - 2 * DAY}` as RequestId;

type Step = (catalog: Catalog) => Promise<unknown>;

const saveFirst: Step = async (catalog) => {
  const [a = 0, b = 0] = await minerIds(catalog, 2);
  await save(catalog, request, [valid(a), valid(b)]);
};
const saveAgain: Step = async (catalog) => {
  const [a = 0] = await minerIds(catalog, 2);
  await save(catalog, request, [valid(a)], 2);
};
const writeScores: Step = async (catalog) => {
  const [a = 0, b = 0] = await minerIds(catalog, 2);
  const scores = [score(a, 1), score(b, 2)];
  await catalog.writeScores({ requestId: id, requestVersion: 1, scores, realizedPrices: [1] });
};
const writeRewards: Step = async (catalog) => {
  const [a = 0] = await minerIds(catalog, 2);
  const rewards = [{ minerId: a, minerUid: 0, smoothedScore: 1, rewardWeight: 1 }];
  await catalog.writeRewards({ label: "low", updatedUnixSeconds: NOON, rewards });
};
const remove: Step = (catalog) => catalog.softDelete([id], deletion);
const restore: Step = (catalog) => catalog.restore([id], { deletedSinceMs: 0 });
const claimAll: Step = (catalog) => all(catalog.claimDeletions(claim));
const confirm: Step = (catalog) => catalog.confirmDeletions([{ requestId: id, throughVersion: 1 }]);
const listDue: Step = (catalog) => all(catalog.listScorable(dueNow));
const drop: Step = (catalog) => catalog.dropScores({ label: "low", beforeUnixSeconds: NOON });

const dueNow = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 10 * DAY };

describe.each<[string, readonly Step[], Step]>([
  ["registering miners", [], (catalog) => minerIds(catalog, 3)],
  ["a first save", [], saveFirst],
  ["a second save", [saveFirst], saveAgain],
  ["a save over a deleted request", [saveFirst, remove, listDue], saveAgain],
  ["scores", [saveFirst], writeScores],
  ["rewards", [saveFirst], writeRewards],
  ["a deletion", [saveFirst], remove],
  ["a restoration", [saveFirst, remove, listDue], restore],
  ["a claim", [saveFirst, remove], claimAll],
  ["a confirmation", [saveFirst, remove, claimAll], confirm],
  ["a listing that tidies up", [saveFirst, writeScores], listDue],
  ["a claim that tidies up", [saveFirst, remove, claimAll, confirm], claimAll],
  ["dropping scores", [saveFirst, writeScores], drop],
])("%s", (_name, before, step) => {
  test.each(["before", "after"] as const)("ending %s any of its writes", async (when) => {
    const undisturbed = await run(before, step, undefined);
    let write = 0;
    let ended = true;
    while (ended) {
      write += 1;
      const disturbed = await run(before, step, { write, when });
      expect(disturbed.state).toEqual(undisturbed.state);
      ended = disturbed.ended;
    }
    expect(write).toBeGreaterThan(1);
  });
});

/** Runs the steps before, then the last one up to where its process ends, then once more in a new process. */
async function run(
  before: readonly Step[],
  step: Step,
  end: { readonly write: number; readonly when: "before" | "after" } | undefined,
): Promise<{ readonly state: unknown; readonly ended: boolean }> {
  await using store = openMemoryStore();
  const rows = store.table("catalog");
  const parts = fixedParts();
  await using catalog = await createRowCatalog({ rows, ...parts });
  // Ids that were taken and not used are not given again, and would differ.
  await minerIds(catalog, 2);
  for (const earlier of before) await earlier(catalog);
  let ended = false;
  if (end !== undefined) {
    const dying = endingAt(rows, end.write, end.when, () => (ended = true));
    await using disturbed = await openRowCatalog({ rows: dying, ...parts });
    await step(disturbed).catch((error: unknown) => {
      if (!ended) throw error;
    });
    await expectWhole(catalog);
  }
  if (ended || end === undefined) await step(catalog);
  return { state: await stateOf(catalog), ended };
}

/** A store whose process ends around one of its writes: that call and all later ones fail. */
function endingAt(
  rows: RowStore,
  write: number,
  when: "before" | "after",
  onEnd: () => void,
): RowStore {
  let writes = 0;
  let ended = false;
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    writes += 1;
    if (ended) throw new StorageError("unavailable", "process has ended");
    if (writes < write) return call();
    if (when === "after") await call();
    ended = true;
    onEnd();
    throw new StorageError("unavailable", "process has ended");
  };
  return {
    ...rows,
    mutateRows: (mutations, options) => around(() => rows.mutateRows(mutations, options)),
    checkAndMutateRow: (mutation, options) =>
      around(() => rows.checkAndMutateRow(mutation, options)),
  };
}

/** What every reader may rely on, whatever happened before. */
async function expectWhole(catalog: Catalog): Promise<void> {
  for (const listed of await all(catalog.listRequests(low))) {
    expect(await catalog.readRequest(listed.id)).toEqual(listed);
    expect(await catalog.readPredictions(listed.id)).toHaveLength(2);
  }
  const found = await catalog.findRequest(request);
  expect((await all(catalog.listRequests(low))).map((one) => one.id)).toEqual(
    found === undefined ? [] : [id],
  );
  const scores = await catalog.readScores(id);
  expect(await all(catalog.listScores(low))).toEqual(scores === undefined ? [] : [scores]);
  const isDue =
    found !== undefined && !found.scored && found.predictions.valid + found.predictions.invalid > 0;
  expect((await all(catalog.listScorable(dueNow))).map((one) => one.id)).toEqual(isDue ? [id] : []);
}

async function stateOf(catalog: Catalog): Promise<unknown> {
  const requests = await all(catalog.listRequests(low));
  return {
    requests: requests.map((one) => ({ ...one, order: 0 })),
    predictions: await Promise.all(requests.map((one) => catalog.readPredictions(one.id))),
    scores: await all(catalog.listScores(low)),
    rewards: await all(catalog.listRewards(low)),
    due: (await all(catalog.listScorable(dueNow))).map((one) => one.id),
    miners: (await catalog.currentMiners()).map((miner) => ({ ...miner, id: 0 })),
  };
}

async function all<T>(listing: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const batch of listing) items.push(...batch);
  return items;
}
