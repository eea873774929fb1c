import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { ReadOptions } from "../read/open-read.ts";
import { read, type ReadResult } from "../read/read.ts";
import { runBatch, type BatchResult } from "./run-batch.ts";

export interface ReadItem extends Omit<ReadOptions, "signal"> {
  readonly symbol: string;
}

/**
 * Reads several values, a few at a time. All of them are in memory in the end.
 *
 * @returns for each item, in the order given, its result or why it failed
 */
export function readBatch(
  context: LibraryContext,
  items: readonly ReadItem[],
  options?: CallOptions,
): Promise<BatchResult<ReadResult>[]> {
  return runBatch(
    items,
    ({ symbol, ...own }, call) => read(context, symbol, { ...own, ...call }),
    options,
  );
}
