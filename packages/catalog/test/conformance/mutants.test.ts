import { describe, expect, test } from "vitest";
import type { Catalog } from "../../src/index.ts";
import { catalogConformance } from "../../src/conformance/index.ts";
import { openMemoryCatalog } from "../rows/open-memory-catalog.ts";

/* The suite itself is tested: each mutant is a catalog with one defect, and names the case that must catch it. */

interface Mutant {
  readonly defect: string;
  readonly caughtBy: string;
  readonly mutate: (catalog: Catalog) => Partial<Catalog>;
}

async function* onlyFirst<T>(listing: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  for await (const batch of listing) {
    yield batch;
    return;
  }
}

async function* turned<T>(listing: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  const all: (readonly T[])[] = [];
  for await (const batch of listing) all.push(batch.toReversed());
  yield* all.toReversed();
}

const mutants: readonly Mutant[] = [
  {
    defect: "gives each registration new holders only",
    caughtBy: "miners › who was registered last holds a slot, with the id it had before",
    mutate: (catalog) => {
      const seen = new Set<number>();
      return {
        registerMiners: async (miners, options) => {
          const fresh = miners.filter(({ uid }) => !seen.has(uid));
          for (const { uid } of fresh) seen.add(uid);
          const known = await catalog.currentMiners(options);
          const added = await catalog.registerMiners(fresh, options);
          return miners.flatMap(({ uid }) => [...added, ...known].find((m) => m.uid === uid) ?? []);
        },
      };
    },
  },
  {
    defect: "takes every save for the first version",
    caughtBy: "saving › later saves add miners, and higher versions replace",
    mutate: (catalog) => ({
      saveRequest: (save, options) => catalog.saveRequest({ ...save, version: 1 }, options),
    }),
  },
  {
    defect: "saves nothing when one row is refused",
    caughtBy: "saving › a bad row is refused alone",
    mutate: (catalog) => ({
      saveRequest: (save, options) => {
        const bad = save.predictions.some(({ processTimeSeconds: time = 0 }) => Number.isNaN(time));
        return catalog.saveRequest(bad ? { ...save, predictions: [] } : save, options);
      },
    }),
  },
  {
    defect: "forgets sizes",
    caughtBy: "saving › other sizes are refused, and nothing changes",
    mutate: (catalog) => ({
      saveRequest: async (save, options) => {
        const stored = await catalog.findRequest(save.request, options);
        return catalog.saveRequest({ ...save, request: stored ?? save.request }, options);
      },
    }),
  },
  {
    defect: "lists the earliest first",
    caughtBy: "listing › requests of a label are listed, the latest start first, then by asset",
    mutate: (catalog) => ({
      listRequests: (filter, options) => turned(catalog.listRequests(filter, options)),
    }),
  },
  {
    defect: "lists only the first batch",
    caughtBy: "listing › batches of any size give the same list",
    mutate: (catalog) => ({
      listRequests: (filter, options) => onlyFirst(catalog.listRequests(filter, options)),
    }),
  },
  {
    defect: "ignores the settling time",
    caughtBy: "listing › requests become due 90 s after their end, before the window is over",
    mutate: (catalog) => ({
      listScorable: (query, options) =>
        catalog.listScorable({ ...query, settleSeconds: query.settleSeconds ?? 60 }, options),
    }),
  },
  {
    defect: "takes one score for all",
    caughtBy: "listing › a request is due in part as long as anybody alive has no score",
    mutate: (catalog) => ({
      listScorable: (query, options) => catalog.listScorable({ ...query, partly: false }, options),
    }),
  },
  {
    defect: "lists due requests youngest first",
    caughtBy: "listing › due requests come oldest first, unscored and alive only",
    mutate: (catalog) => ({
      listScorable: (query, options) => turned(catalog.listScorable(query, options)),
    }),
  },
  {
    defect: "gives every row of an upsert the last row's values",
    caughtBy: "scores › each row of an upsert takes its own values",
    mutate: (catalog) => ({
      writeScores: (scores, options) => {
        const rows = scores.scores.map((own) => ({
          ...(scores.scores.at(-1) ?? own),
          minerId: own.minerId,
        }));
        return catalog.writeScores({ ...scores, scores: rows }, options);
      },
    }),
  },
  {
    defect: "drops the batch when one score is not finite",
    caughtBy: "scores › a row that is not finite blocks no other",
    mutate: (catalog) => ({
      writeScores: (scores, options) =>
        scores.scores.every(({ promptScore, totalCrps }) =>
          isFinite(promptScore + (totalCrps ?? 0)),
        )
          ? catalog.writeScores(scores, options)
          : catalog.writeScores({ ...scores, scores: [] }, options),
    }),
  },
  {
    defect: "turns gaps of prices into zeros",
    caughtBy: "scores › realized prices keep their gaps",
    mutate: (catalog) => ({
      writeScores: ({ realizedPrices, ...scores }, options) =>
        catalog.writeScores(
          {
            ...scores,
            realizedPrices:
              realizedPrices && Array.from(realizedPrices, (price) => (price > 0 ? price : 0)),
          },
          options,
        ),
    }),
  },
  {
    defect: "drops scores whose horizon ends at the time too",
    caughtBy: "scores › old scores and prices are dropped for good, younger ones stay",
    mutate: (catalog) => ({
      dropScores: (drop, options) =>
        catalog.dropScores({ ...drop, beforeUnixSeconds: drop.beforeUnixSeconds + 1 }, options),
    }),
  },
  {
    defect: "restores whatever the time of the deletion",
    caughtBy: "deletion › a deletion is taken back, for those deleted since a time",
    mutate: (catalog) => ({
      restore: (ids, _, options) => catalog.restore(ids, { deletedSinceMs: 0 }, options),
    }),
  },
  {
    defect: "hands over before the time",
    caughtBy: "deletion › what is deleted is handed over, until it is confirmed",
    mutate: (catalog) => ({
      claimDeletions: (claim, options) =>
        catalog.claimDeletions({ ...claim, deletedBeforeMs: 10 ** 15 }, options),
    }),
  },
  {
    defect: "confirms what was not claimed",
    caughtBy: "deletion › requests that are not there are said to be, and stop no other",
    mutate: () => ({
      confirmDeletions: async (deleted) =>
        deleted.map(({ requestId }) => ({ requestId, ok: true, changed: 0 })),
    }),
  },
  {
    defect: "ignores signals",
    caughtBy: "life › a signal that was aborted before a call leaves everything as it is",
    mutate: (catalog) => ({
      softDelete: (ids, deletion) => catalog.softDelete(ids, deletion),
    }),
  },
  {
    defect: "stays open",
    caughtBy: "life › a closed catalog refuses every call, and closing again is harmless",
    mutate: () => ({ close: async () => {} }),
  },
];

const cases = (open: () => Promise<Catalog>): ReadonlyMap<string, () => Promise<void>> => {
  const found = new Map<string, () => Promise<void>>();
  let part = "";
  const describeCase = (name: string, body: () => void): void => {
    part = name;
    body();
  };
  const testCase = (name: string, body: () => Promise<void>): void => {
    found.set(`${part} › ${name}`, body);
  };
  catalogConformance({ describe: describeCase, test: testCase }, { name: "mutant", open });
  return found;
};

describe("each defect is caught", () => {
  for (const { defect, caughtBy, mutate } of mutants) {
    test(`${defect}, by ${caughtBy}`, async () => {
      const run = cases(async () => {
        const catalog = await openMemoryCatalog();
        return { ...catalog, ...mutate(catalog) };
      }).get(caughtBy);
      expect(run).toBeDefined();
      await expect(run?.()).rejects.toThrow(Error);
    });
  }
});
