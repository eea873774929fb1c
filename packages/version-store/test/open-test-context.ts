import type { Clock } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createContext, createParts } from "../src/library/create-context.ts";
import { DEFAULT_TIMES, type LibraryTimes } from "../src/library/library-config.ts";
import type { LibraryContext } from "../src/library/library-context.ts";
import { compositionOf, type CompositionOptions } from "../src/preset/composition-of.ts";
import { TEST_PLACEMENT } from "./test-placement.ts";

export interface TestContextOptions {
  /** Default: an empty memory store. */
  readonly store?: Pick<Store, "blobs" | "refs"> | undefined;
  /** Default: a clock on which sleeping takes no time. */
  readonly clock?: Clock | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  readonly times?: Partial<LibraryTimes> | undefined;
  /** Default: the preset `general`. */
  readonly composition?: CompositionOptions | undefined;
  readonly readOnly?: boolean | undefined;
}

/** The start of every test clock. */
export const START_MS = 1_500_000_000_000;

/** What the rooms of the version store work with, over a store that needs no config record. */
export async function openTestContext(options: TestContextOptions = {}): Promise<LibraryContext> {
  const { store = openMemoryStore(), seed = 1, times, readOnly = false } = options;
  const clock = options.clock ?? createInstantClock({ startMs: START_MS });
  const parts = await createParts({ store, clock, random: createSeededRandom(seed) });
  const config = {
    id: parts.ids.nextId(),
    createdAtMs: START_MS,
    times: { ...DEFAULT_TIMES, ...times },
    composition: compositionOf({ ...TEST_PLACEMENT, ...options.composition }),
    quotaBytes: undefined,
  };
  return createContext(parts, config, readOnly);
}
