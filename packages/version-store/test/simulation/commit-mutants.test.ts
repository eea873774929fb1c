import { exploreSeeds, type FaultProbabilities, type SimulatedCall } from "@foretile/simulation";
import { afterEach, expect, test, vi } from "vitest";
import type { CommitQueues } from "../../src/commit/commit-queues.ts";
import type * as PublishHead from "../../src/commit/publish-head.ts";
import type { Head } from "../../src/head/head.ts";
import { everyFault } from "./commit-history.ts";

/** Mistakes that the protocol of commits must not make: one module each, replaced by one that makes it. */
const mutants: Record<string, () => void> = {
  "changes whatever head there is": () => {
    mutatePublishHead(() => async (context, change) => {
      for (;;) {
        const ref = await context.refs.read(change.key);
        const { swapped } = await context.refs.compareAndSet(
          change.key,
          ref?.token,
          await seal(context, change.next),
        );
        if (swapped) return "published";
      }
    });
  },
  "takes an unknown outcome for a lost race": () => {
    mutatePublishHead((publishHead) => async (context, change) => {
      try {
        return await publishHead(once(context), change);
      } catch {
        return "lost";
      }
    });
  },
  "takes an unknown outcome for a success": () => {
    mutatePublishHead((publishHead) => async (context, change) => {
      try {
        return await publishHead(once(context), change);
      } catch {
        return "published";
      }
    });
  },
  "takes a lost race for a success": () => {
    mutatePublishHead((publishHead) => async (context, change) => {
      await publishHead(context, change);
      return "published";
    });
  },
  "looks for a lost commit in the newest version only": () => {
    vi.doMock("../../src/head/was-published.ts", () => ({
      wasPublished: async (_context: unknown, head: Head, { commitId }: { commitId: string }) =>
        head.recent.at(-1)?.commitId === commitId,
    }));
  },
  "deletes what an unsettled commit stored": () => {
    vi.doMock("../../src/commit/commit-queues.ts", async (original) => {
      const module = await original<{ CommitQueues: typeof CommitQueues }>();
      class Forgetful extends module.CommitQueues {
        override async submit(...parameters: Parameters<CommitQueues["submit"]>) {
          const outcome = await super.submit(...parameters);
          if (!("error" in outcome)) return outcome;
          const error = Object.assign(new Error("settled"), { cause: outcome.error });
          return {
            error: Object.assign(error, { name: "StorageError", code: "unavailable" }),
            unsettled: false,
          };
        }
      }
      return { ...module, CommitQueues: Forgetful };
    });
  },
};

afterEach(() => {
  vi.resetModules();
  vi.doUnmock("../../src/commit/publish-head.ts");
  vi.doUnmock("../../src/head/was-published.ts");
  vi.doUnmock("../../src/commit/commit-queues.ts");
});

test("commits without a mistake pass the same histories", async () => {
  const { seeds } = await exploreSeeds(
    { count: 100, faults: everyFault, faultsFor },
    (await import("./commit-history.ts")).commitHistory,
  );
  expect(seeds).toBe(100);
}, 120_000);

test.each(Object.keys(mutants))(
  "a commit that %s is caught",
  async (name) => {
    vi.resetModules();
    mutants[name]?.();
    const { commitHistory } = await import("./commit-history.ts");
    const exploration = exploreSeeds({ count: 400, faults: everyFault, faultsFor }, commitHistory);
    await expect(exploration).rejects.toMatchObject({
      code: "history-failed",
    });
  },
  120_000,
);

/** Heads hardly answer, so that some outcome stays unknown for good. */
function faultsFor({ operation, key }: SimulatedCall): FaultProbabilities | undefined {
  if (key?.startsWith("h/") !== true) return undefined;
  return operation === "refs.compareAndSet" ? { late: 0.6, delay: 0.2 } : { fail: 0.4 };
}

type Publish = (typeof PublishHead)["publishHead"];
type Context = Parameters<Publish>[0];

function mutatePublishHead(mutate: (original: Publish) => Publish): void {
  vi.doMock("../../src/commit/publish-head.ts", async (original) => {
    const module = await original<typeof PublishHead>();
    return { ...module, publishHead: mutate(module.publishHead) };
  });
}

async function seal(context: Context, head: Head): Promise<Uint8Array> {
  const { sealHead } = await import("../../src/head/head-record.ts");
  return sealHead(context, head);
}

/** A store that does not answer a second time: whoever asks again learns nothing. */
function once(context: Context): Context {
  let asked = false;
  const { refs } = context;
  return {
    ...context,
    refs: {
      capabilities: refs.capabilities,
      read: (key, options) => refs.read(key, options),
      list: (range, options) => refs.list(range, options),
      compareAndSet: async (...parameters) => {
        if (asked) throw new Error("asked again");
        asked = true;
        return refs.compareAndSet(...parameters);
      },
    },
  };
}
