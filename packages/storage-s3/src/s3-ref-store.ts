import type {
  CompareAndSetResult,
  RefEntry,
  RefStore,
  RefStoreCapabilities,
} from "@foretile/storage";
import {
  checkBatchSize,
  checkKeyRange,
  checkRefChange,
  fetchedBatches,
  type CallScope,
} from "@foretile/storage/adapter";

import { loadInOrder } from "./load-in-order.ts";
import { escapeKey } from "./object-name.ts";
import { stateOf, tokenOf } from "./record-token.ts";
import { createS3Pages, type KeyedEntry, type S3Pages } from "./s3-pages.ts";
import { isTombstone } from "./s3-records.ts";
import type { StoreContext } from "./store-context.ts";

const DEFAULT_BATCH = 100;
const MAX_BATCH = 1_000;
const FOLDER = "r/";

const capabilities: RefStoreCapabilities = { maxValueBytes: 1024 * 1024, durable: true };

interface RefListing {
  readonly pages: S3Pages;
  readonly left: KeyedEntry[];
}

/** Records under `r/`. */
export function createS3RefStore(calls: CallScope, context: StoreContext): RefStore {
  const { objects, records, prefix } = context;

  async function entryOf(
    { key }: KeyedEntry,
    signal: AbortSignal | undefined,
  ): Promise<RefEntry | undefined> {
    const state = await records.read(FOLDER + escapeKey(key), signal);
    return state?.value === undefined
      ? undefined
      : { key, value: state.value, token: tokenOf(state) };
  }

  /** The next entries of a listing, of which `left` were listed before, but not read yet. */
  async function nextEntries(
    { pages, left }: RefListing,
    batchSize: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly RefEntry[]> {
    for (;;) {
      if (left.length === 0) {
        const page = await pages.next(batchSize, signal);
        if (page === undefined) return [];
        left.push(...page.filter((entry) => !isTombstone(entry)));
        if (context.writable) await records.sweep(page, signal);
      }
      const entries = await loadInOrder(left, (entry) => entryOf(entry, signal));
      left.splice(0, left.length, ...entries.left);
      const there = entries.loaded.filter((entry) => entry !== undefined);
      if (there.length > 0) return there;
    }
  }

  return {
    capabilities,

    read: (key, options) =>
      calls.run(options?.signal, async () => {
        const state = await records.read(FOLDER + escapeKey(key), options?.signal);
        return state?.value === undefined
          ? undefined
          : { value: state.value, token: tokenOf(state) };
      }),

    compareAndSet: (key, expected, next, options) =>
      calls.run(options?.signal, async (): Promise<CompareAndSetResult> => {
        checkRefChange(expected, next, capabilities);
        context.checkWritable();
        const known = expected === undefined ? undefined : stateOf(expected);
        if (expected !== undefined && known === undefined) return { swapped: false };
        const name = FOLDER + escapeKey(key);
        const outcome = await records.swap(name, known, next, options?.signal);
        if (!outcome.swapped) return outcome;
        return { swapped: true, token: next === undefined ? undefined : tokenOf(outcome.state) };
      }),

    list: (range, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      let listing: RefListing | undefined;
      return fetchedBatches(calls, options?.signal, () => {
        if (listing === undefined) {
          checkKeyRange(range);
          checkBatchSize(batchSize, MAX_BATCH);
          listing = { pages: createS3Pages(objects, `${prefix}${FOLDER}`, range), left: [] };
        }
        return nextEntries(listing, batchSize, options?.signal);
      });
    },
  };
}
