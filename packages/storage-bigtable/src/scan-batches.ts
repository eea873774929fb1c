import { fetchedBatches, type CallScope } from "@foretile/storage/adapter";

/** A batch ends early when its values reach this many bytes, so that a listing of large rows stays bounded. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/** An entry of a listing and what its values weigh. */
export interface ScannedEntry<T> {
  readonly entry: T;
  readonly bytes: number;
}

/**
 * A listing on top of one scan, which goes on while its consumer works and is cancelled when the listing ends.
 *
 * A scan that breaks gives what came before it broke as a batch; the next one fails. So a listing that is begun again
 * behind its last entry always gets further.
 *
 * @param start begins the scan, with a signal that cancels it; runs with the first batch
 */
export async function* scanBatches<T>(
  calls: CallScope,
  signal: AbortSignal | undefined,
  batchSize: number,
  start: (signal: AbortSignal) => AsyncIterator<ScannedEntry<T>>,
): AsyncGenerator<readonly T[], void, undefined> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  let entries: AsyncIterator<ScannedEntry<T>> | undefined;
  let failure: { readonly error: unknown } | undefined;

  async function fetch(): Promise<readonly T[]> {
    if (failure !== undefined) throw failure.error;
    const batch: T[] = [];
    let bytes = 0;
    try {
      entries ??= start(controller.signal);
      while (batch.length < batchSize && bytes < MAX_BATCH_BYTES) {
        const next = await entries.next();
        if (next.done === true) break;
        batch.push(next.value.entry);
        bytes += next.value.bytes;
      }
    } catch (error) {
      if (batch.length === 0 || signal?.aborted === true) throw error;
      failure = { error };
    }
    return batch;
  }

  signal?.addEventListener("abort", abort, { once: true });
  try {
    yield* fetchedBatches(calls, signal, fetch);
  } finally {
    signal?.removeEventListener("abort", abort);
    controller.abort();
    await entries?.return?.();
  }
}
