import { exploreSeeds, type FaultProbabilities, type SimulatedCall } from "@foretile/simulation";
import { afterEach, describe, expect, test, vi } from "vitest";
import type * as Barrier from "../../src/collect/barrier.ts";
import type * as CommitBase from "../../src/commit/commit-base.ts";
import type * as EditHead from "../../src/commit/edit-head.ts";
import type * as ListedRefs from "../../src/collect/listed-refs.ts";
import type * as TakeRoots from "../../src/collect/take-roots.ts";
import type * as WorkspaceModule from "../../src/commit/workspace.ts";
import { everyFault } from "./commit-history.ts";

const modules = {
  barrier: "../../src/collect/barrier.ts",
  checkReused: "../../src/commit/check-reused.ts",
  commitBase: "../../src/commit/commit-base.ts",
  editHead: "../../src/commit/edit-head.ts",
  listedRefs: "../../src/collect/listed-refs.ts",
  runningTransactions: "../../src/collect/running-transactions.ts",
  takeRoots: "../../src/collect/take-roots.ts",
  workspace: "../../src/commit/workspace.ts",
} as const;

/** Mistakes that the protocol of removing and collecting must not make: one module each, replaced. */
const mutants: Record<string, () => void> = {
  "writers that do not ask whether they were given up": () => {
    vi.doMock(modules.workspace, async (original) => {
      const module = await original<typeof WorkspaceModule>();
      vi.spyOn(module.Workspace.prototype, "ensureRunning").mockResolvedValue(undefined);
      return module;
    });
  },
  "a collection that does not touch the heads of those it gives up": () => {
    vi.doMock(modules.editHead, async (original) => ({
      ...(await original<typeof EditHead>()),
      touchHead: async () => {},
    }));
  },
  "a collection that does not look who is running": () => {
    vi.doMock(modules.runningTransactions, async (original) => ({
      ...(await original<object>()),
      listIntents: async () => ({ sound: [], damaged: [] }),
    }));
  },
  "a collection that does not wait for snapshots under way": () => {
    vi.doMock(modules.barrier, async (original) => ({
      ...(await original<typeof Barrier>()),
      waitForTransactions: async () => [],
    }));
  },
  "a collection that ignores what snapshots pin": () => {
    vi.doMock(modules.listedRefs, async (original) => ({
      ...(await original<typeof ListedRefs>()),
      snapshotRefs: nothing,
    }));
  },
  "a collection that deletes what can still be taken back": () => {
    vi.doMock(modules.takeRoots, async (original) => ({
      ...(await original<typeof TakeRoots>()),
      condemnRemovals: async () => true,
    }));
  },
  "commits that use segments of versions that are gone": () => {
    vi.doMock(modules.checkReused, () => ({ checkReused: async () => {} }));
  },
  "commits that give version numbers out again": () => {
    vi.doMock(modules.commitBase, async (original) => {
      const module = await original<typeof CommitBase>();
      vi.spyOn(module.PendingSymbol.prototype, "lastVersion", "get").mockImplementation(
        function lastVersion(this: CommitBase.PendingSymbol) {
          return this.newest?.version ?? 0;
        },
      );
      return module;
    });
  },
};

/** Histories in which a rare mistake shows begin a little after these seeds; those before would be run in vain. */
const firstSeeds: Readonly<Record<string, number>> = {
  "a collection that does not wait for snapshots under way": 1300,
  "commits that use segments of versions that are gone": 1200,
};

async function* nothing() {}

afterEach(() => {
  vi.resetModules();
  for (const module of Object.values(modules)) vi.doUnmock(module);
});

describe("are caught:", () => {
  test.each(Object.keys(mutants))(
    "%s",
    async (name) => {
      vi.resetModules();
      mutants[name]?.();
      const { lifecycleHistory } = await import("./lifecycle-history.ts");
      const exploration = exploreSeeds(
        { first: firstSeeds[name], count: 1500, faults: everyFault, faultsFor },
        lifecycleHistory,
      );
      await expect(exploration).rejects.toMatchObject({ code: "history-failed" });
    },
    240_000,
  );
});

/** Segments and pages of snapshots often take long, so that much happens between a look at a head and a commit. */
function faultsFor({ operation, key }: SimulatedCall): FaultProbabilities | undefined {
  return operation === "blobs.putNew" && /^[sx]\//.test(key ?? "") ? { delay: 0.9 } : undefined;
}
