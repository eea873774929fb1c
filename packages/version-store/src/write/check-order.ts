import type { Block } from "../content/block.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * @param index of new rows
 * @throws {VersionStoreError} `unsorted-append` when they are not in order
 */
export function checkSorted(symbol: string, index: IndexFacts | undefined): void {
  if (index?.sorted === false) throw unsorted(symbol, "new rows are not in order themselves");
}

/**
 * @param index of new rows
 * @throws {VersionStoreError} `unsorted-append` when they come before the last stored row
 */
export function checkFollows(
  symbol: string,
  blocks: readonly Block[],
  index: IndexFacts | undefined,
): void {
  const last = blocks.at(-1)?.index?.last;
  if (last === undefined || index === undefined || index.first >= last) return;
  throw unsorted(
    symbol,
    `new rows come before the last stored row first=${index.first} last=${last}`,
  );
}

function unsorted(symbol: string, what: string): VersionStoreError {
  return new VersionStoreError(
    "unsorted-append",
    `${what}; sort them, update instead, or turn validateIndex off symbol=${JSON.stringify(symbol)}`,
    { details: { symbol } },
  );
}
