import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { StoreResult } from "../write/store-result.ts";
import { write, type WriteOptions } from "../write/write.ts";
import { runBatch, type BatchResult } from "./run-batch.ts";

export interface WriteItem extends Omit<WriteOptions, "signal"> {
  readonly symbol: string;
  readonly value: unknown;
}

/**
 * Writes several values, a few at a time, each a version of its own: others may see some of them before the rest is
 * there. Values of one symbol are written one after the other.
 *
 * @returns for each item, in the order given, its result or why it failed
 */
export function writeBatch(
  context: LibraryContext,
  items: readonly WriteItem[],
  options?: CallOptions,
): Promise<BatchResult<StoreResult>[]> {
  return runBatch(
    items,
    ({ symbol, value, ...own }, call) => write(context, symbol, value, { ...own, ...call }),
    options,
  );
}
