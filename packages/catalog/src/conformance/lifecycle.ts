import { assertEqual, assertListingRejects, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import type { Catalog } from "../catalog.ts";
import type { RequestId } from "../records/request.ts";
import { lowRequest, minerIds, namesOf, NOON, save, score, valid } from "./samples.ts";

/** Every call of the contract, with arguments that are right. */
function everyCall(
  catalog: Catalog,
  requestId: RequestId,
  signal?: AbortSignal,
): {
  readonly calls: ReadonlyMap<string, () => Promise<unknown>>;
  readonly listings: ReadonlyMap<string, () => AsyncIterable<unknown>>;
} {
  const options = { signal };
  const request = lowRequest("ETH", NOON);
  const miner = { uid: 1, coldkey: "c", hotkey: "h" };
  const query = { label: "low", scoredAtUnixSeconds: NOON, windowSeconds: 60 };
  const deletion = { reason: "test", atMs: 0 };
  const claim = { label: "low", deletedBeforeMs: 1, atMs: 1 };
  const scores = { requestId, requestVersion: 1, scores: [score(1, 1)] };
  const rewards = { label: "low", updatedUnixSeconds: NOON, rewards: [] };
  return {
    calls: new Map<string, () => Promise<unknown>>([
      ["registerMiners", () => catalog.registerMiners([miner], options)],
      ["currentMiners", () => catalog.currentMiners(options)],
      ["saveRequest", () => catalog.saveRequest({ request, version: 1, predictions: [] }, options)],
      ["findRequest", () => catalog.findRequest(request, options)],
      ["readRequest", () => catalog.readRequest(requestId, options)],
      ["readPredictions", () => catalog.readPredictions(requestId, options)],
      ["writeScores", () => catalog.writeScores(scores, options)],
      ["readScores", () => catalog.readScores(requestId, options)],
      ["readRealizedPrices", () => catalog.readRealizedPrices(requestId, options)],
      ["writeRewards", () => catalog.writeRewards(rewards, options)],
      ["softDelete", () => catalog.softDelete([requestId], deletion, options)],
      ["restore", () => catalog.restore([requestId], { deletedSinceMs: 0 }, options)],
      ["dropScores", () => catalog.dropScores({ label: "low", beforeUnixSeconds: 1 }, options)],
      ["confirmDeletions", () => catalog.confirmDeletions([], options)],
    ]),
    listings: new Map<string, () => AsyncIterable<unknown>>([
      ["listRequests", () => catalog.listRequests({ label: "low" }, options)],
      ["listScorable", () => catalog.listScorable(query, options)],
      ["listScores", () => catalog.listScores({ label: "low" }, options)],
      ["listRewards", () => catalog.listRewards({ label: "low" }, options)],
      ["claimDeletions", () => catalog.claimDeletions(claim, options)],
    ]),
  };
}

export function lifecycleCases(add: AddCase): void {
  add("a signal that was aborted before a call leaves everything as it is", async (catalog) => {
    const [a = 0] = await minerIds(catalog, 1);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    const { calls, listings } = everyCall(catalog, requestId, AbortSignal.abort());
    for (const [name, call] of calls) await assertRejects(name, call, "aborted");
    for (const [name, list] of listings) await assertListingRejects(name, list, "aborted");
    assertEqual(
      await namesOf(catalog.listRequests({ label: "low", alive: true })),
      ["BTC+0"],
      "requests",
    );
    assertEqual((await catalog.currentMiners()).length, 1, "miners");
    assertEqual(await catalog.readScores(requestId), undefined, "scores");
  });

  add("a listing ends when its signal is aborted between batches", async (catalog) => {
    for (const start of [0, 60]) await save(catalog, lowRequest("BTC", NOON + start), []);
    const controller = new AbortController();
    const options = { batchSize: 1, signal: controller.signal };
    const listing = catalog.listRequests({ label: "low" }, options)[Symbol.asyncIterator]();
    assertEqual((await listing.next()).done, false, "the first batch");
    controller.abort();
    await assertRejects("the next batch", () => listing.next(), "aborted");
  });

  add("a closed catalog refuses every call, and closing again is harmless", async (catalog) => {
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), []);
    await save(catalog, lowRequest("BTC", NOON + 60), []);
    const open = catalog.listRequests({ label: "low" }, { batchSize: 1 })[Symbol.asyncIterator]();
    await open.next();
    await Promise.all([catalog.close(), catalog.close()]);
    const { calls, listings } = everyCall(catalog, requestId);
    for (const [name, call] of calls) await assertRejects(name, call, "closed");
    for (const [name, list] of listings) await assertListingRejects(name, list, "closed");
    await assertRejects("the next batch of an open listing", () => open.next(), "closed");
    await catalog.close();
  });

  add("closing waits for calls under way", async (catalog) => {
    const saving = save(catalog, lowRequest("BTC", NOON), []);
    const ended: string[] = [];
    const note = async (name: string, work: Promise<unknown>): Promise<void> => {
      await work;
      ended.push(name);
    };
    await Promise.all([note("save", saving), note("close", catalog.close())]);
    assertEqual(ended, ["save", "close"], "which ended first");
  });

  add("a listing may be left early", async (catalog) => {
    for (const start of [0, 60, 120]) await save(catalog, lowRequest("BTC", NOON + start), []);
    for await (const batch of catalog.listRequests({ label: "low" }, { batchSize: 1 })) {
      assertEqual(batch.length, 1, "the batch");
      break;
    }
    assertEqual(
      (await namesOf(catalog.listRequests({ label: "low" }))).length,
      3,
      "a list after it",
    );
  });
}
