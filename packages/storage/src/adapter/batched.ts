import type { CallScope } from "./call-scope.ts";

/**
 * Cuts what `start` gives into batches, each fetched in a call of its own, so that a listing neither holds the store
 * open nor outlives its closing. `start` runs with the first batch, so wrong arguments reject there.
 *
 * @param batchSize entries per batch, ≥ 1
 * @param start checks and begins; its iterator is returned (`return()`) when the listing ends early
 */
export async function* batched<T>(
  calls: CallScope,
  signal: AbortSignal | undefined,
  batchSize: number,
  start: () => Iterator<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  let entries: Iterator<T> | undefined;
  try {
    for (;;) {
      const batch = await calls.run(signal, () => {
        entries ??= start();
        return take(entries, batchSize);
      });
      if (batch.length > 0) yield batch;
      if (batch.length < batchSize) return;
    }
  } finally {
    entries?.return?.();
  }
}

function take<T>(entries: Iterator<T>, count: number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = entries.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
