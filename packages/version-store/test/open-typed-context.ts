import { createSeededRandom, createInstantClock } from "@foretile/testkit";
import type { Clock } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { createCallCounter, withObserver, type CallCounter } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createContext, createParts } from "../src/library/create-context.ts";
import { DEFAULT_TIMES, type LibraryTimes } from "../src/library/library-config.ts";
import type { LibraryContext } from "../src/library/library-context.ts";
import { compositionOf } from "../src/preset/composition-of.ts";
import { TEST_PLACEMENT } from "./test-placement.ts";

export interface TypedContextOptions {
  /** Default: an empty memory store. */
  readonly store?: Pick<Store, "blobs" | "refs"> | undefined;
  /** Default: a clock on which sleeping takes no time. */
  readonly clock?: Clock | undefined;
  /** Default 1. Two libraries over one store need two. */
  readonly seed?: number | undefined;
  /** Bytes of a segment. Default 1 000: small, so that values have many. */
  readonly targetBytes?: number | undefined;
  readonly times?: Partial<LibraryTimes> | undefined;
  readonly quotaBytes?: number | undefined;
  readonly readOnly?: boolean | undefined;
  readonly handlers?: readonly string[] | undefined;
}

export interface TypedContext {
  readonly context: LibraryContext;
  readonly store: Pick<Store, "blobs" | "refs">;
  /** Counts the calls of this context to the store. */
  readonly counter: CallCounter;
  /** Keys of the blobs that were fetched since the counter was reset, in order. */
  readonly fetched: string[];
}

/** What the rooms of the version store work with, for values of few rows in many segments that are stored plainly. */
export async function openTypedContext(options: TypedContextOptions = {}): Promise<TypedContext> {
  const { store = openMemoryStore(), seed = 1, targetBytes = 1000, times, handlers } = options;
  const clock = options.clock ?? createInstantClock({ startMs: 1_500_000_000_000 });
  const counter = createCallCounter();
  const fetched: string[] = [];
  const observed = withObserver(store as Store, {
    clock,
    observe: (event) => {
      counter.observe(event);
      if (event.operation === "blobs.get" && event.bytesRead !== 1) fetched.push(event.key ?? "");
    },
  });
  const parts = await createParts({ store: observed, clock, random: createSeededRandom(seed) });
  const config = {
    id: parts.ids.nextId(),
    createdAtMs: 0,
    times: { ...DEFAULT_TIMES, ...times },
    composition: compositionOf({
      ...TEST_PLACEMENT,
      custom: { targetBytes, codecs: [], ...(handlers && { handlers }) },
      unsafe: true,
    }),
    quotaBytes: options.quotaBytes,
  };
  const context = createContext(parts, config, options.readOnly ?? false);
  return { context, store, counter, fetched };
}

/** How many blobs of a kind were fetched: `s` segments, `v` versions, `m` manifests, `p` pages. */
export function countFetched(fetched: readonly string[], area: string): number {
  return fetched.filter((key) => key.startsWith(`${area}/`)).length;
}

/** Keys of all segments in a store. */
export async function segmentKeys(store: Pick<Store, "blobs">): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of store.blobs.list({})) {
    for (const { key } of batch) if (key.startsWith("s/")) keys.push(key);
  }
  return keys;
}
