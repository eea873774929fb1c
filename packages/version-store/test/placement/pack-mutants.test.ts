import { exploreSeeds, type Simulation } from "@foretile/simulation";
import { afterEach, describe, expect, test, vi } from "vitest";
import type * as Mark from "../../src/collect/mark.ts";
import type { PlacementOptions } from "../../src/index.ts";
import type * as PackSinkModule from "../../src/placement/pack-sink.ts";
import type * as UploadQueueModule from "../../src/placement/upload-queue.ts";
import { everyFault } from "../simulation/commit-history.ts";

const modules = {
  mark: "../../src/collect/mark.ts",
  packSink: "../../src/placement/pack-sink.ts",
  uploadQueue: "../../src/placement/upload-queue.ts",
} as const;

const packs: PlacementOptions = { placement: "packs", packBytes: 4096 };

/** Mistakes that a placement of packs must not make: one module each, replaced. */
const mutants: Record<string, () => void> = {
  "a commit that does not wait for its packs": () => {
    vi.doMock(modules.packSink, async (original) => {
      const module = await original<typeof PackSinkModule>();
      class Hasty extends module.PackSink {
        override async flush(): Promise<void> {
          super.flush().catch(() => undefined);
        }
      }
      return { ...module, PackSink: Hasty };
    });
  },
  "a queue that forgets what failed": () => {
    vi.doMock(modules.uploadQueue, async (original) => {
      const module = await original<typeof UploadQueueModule>();
      class Forgetful extends module.UploadQueue {
        override async flush(): Promise<void> {
          await this.settle();
        }
      }
      return { ...module, UploadQueue: Forgetful };
    });
  },
  "a collection that looks at the first segment of a pack": () => {
    vi.doMock(modules.mark, async (original) => {
      const module = await original<typeof Mark>();
      class Superficial extends module.MarkVisitor {
        override segments(...[entries, place]: Parameters<Mark.MarkVisitor["segments"]>) {
          const first = entries.filter(
            ({ location }) => location?.kind !== "pack" || location.offset === 0,
          );
          return super.segments(first, place);
        }
      }
      return { ...module, MarkVisitor: Superficial };
    });
  },
  "a transaction that names another pack than it stored": () => {
    vi.doMock(modules.packSink, async (original) => {
      const module = await original<typeof PackSinkModule>();
      class Confused extends module.PackSink {
        override async put(...segment: Parameters<PackSinkModule.PackSink["put"]>) {
          const entry = await super.put(...segment);
          return { ...entry, ordinal: entry.ordinal + 1 };
        }
      }
      return { ...module, PackSink: Confused };
    });
  },
};

afterEach(() => {
  vi.resetModules();
  for (const module of Object.values(modules)) vi.doUnmock(module);
});

async function exploreCommits(count: number) {
  const { commitHistory } = await import("../simulation/commit-history.ts");
  return exploreSeeds({ count, faults: everyFault }, (simulation: Simulation) =>
    commitHistory(simulation, packs),
  );
}

async function exploreCollections(count: number) {
  const { collectorHistory } = await import("../collect/collector-history.ts");
  return exploreSeeds(
    { count, faults: { ...everyFault, crash: 0.003 }, maxSteps: 200_000 },
    (simulation: Simulation) => collectorHistory(simulation, packs),
  );
}

describe("histories with packs", () => {
  test("pass without a mistake", async () => {
    expect(await exploreCommits(60)).toMatchObject({ seeds: 60 });
    expect(await exploreCollections(60)).toMatchObject({ seeds: 60 });
  }, 240_000);

  test.each(Object.keys(mutants))(
    "catch %s",
    async (name) => {
      vi.resetModules();
      mutants[name]?.();
      const explore = name.startsWith("a collection") ? exploreCollections : exploreCommits;
      await expect(explore(400)).rejects.toMatchObject({ code: "history-failed" });
    },
    240_000,
  );
});
