import type { CallOptions } from "@foretile/storage";
import { inOrder } from "../content/in-order.ts";

/** What became of one item of a batch. */
export type BatchResult<T> =
  | { readonly symbol: string; readonly result: T; readonly error?: undefined }
  | { readonly symbol: string; readonly result?: undefined; readonly error: unknown };

/** Symbols that are worked on at a time; each may have several segments under way. */
const MAX_SYMBOLS = 8;

interface Numbered<I> {
  readonly item: I;
  readonly position: number;
}

/**
 * Does something for each item, a few symbols at a time; items of one symbol one after the other, as they were given. An
 * item that fails does not disturb the others.
 *
 * @returns what became of each item, in the order of the items
 * @throws the signal's reason when it is aborted; items may have been done by then
 */
export async function runBatch<I extends { readonly symbol: string }, T>(
  items: readonly I[],
  run: (item: I, options: CallOptions) => Promise<T>,
  options: CallOptions = {},
): Promise<BatchResult<T>[]> {
  const bySymbol = new Map<string, Numbered<I>[]>();
  for (const [position, item] of items.entries()) {
    const same = bySymbol.get(item.symbol);
    if (same === undefined) bySymbol.set(item.symbol, [{ item, position }]);
    else same.push({ item, position });
  }
  const results: BatchResult<T>[] = [];
  const runSymbol = async (own: readonly Numbered<I>[], call: CallOptions): Promise<void> => {
    for (const { item, position } of own) {
      const { symbol } = item;
      try {
        results[position] = { symbol, result: await run(item, call) };
      } catch (error) {
        results[position] = { symbol, error };
      }
    }
  };
  const bounds = { maxItems: MAX_SYMBOLS, maxWeight: Infinity, weightOf: () => 0 };
  for await (const _ of inOrder(bySymbol.values(), runSymbol, bounds, options)) {
    options.signal?.throwIfAborted();
  }
  return results;
}
