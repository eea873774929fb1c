import { isRetryable } from "@foretile/resilience";
import type { Key, RowMutation, RowStatus } from "@foretile/storage";
import type { GoldContext } from "./gold-context.ts";

/** About two megabytes of digests. */
const ROWS_AT_ONCE = 10_000;

/**
 * Applies rows whose repetition does no harm, some requests at once. Rows that failed, and only they, are tried again as
 * long as that may help.
 *
 * @returns the last failure of each row that was not written
 * @throws {StorageError} `aborted`, or the signal's reason
 */
export async function sendRows(
  context: GoldContext,
  rows: readonly RowMutation[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<Key, Error>> {
  const failed = new Map<Key, Error>();
  let waiting = rows;

  async function sendWaiting(): Promise<void> {
    const chunks = await Promise.all(
      chunksOf(waiting, Math.min(ROWS_AT_ONCE, context.rows.capabilities.maxRowsPerMutation)).map(
        (chunk) => context.requests.run(() => sendChunk(context, chunk, signal), { signal }),
      ),
    );
    const again = new Set<Key>();
    let failure: Error | undefined;
    for (const status of chunks.flat()) {
      if (status.ok) {
        failed.delete(status.key);
        continue;
      }
      failed.set(status.key, status.error);
      if (!isRetryable(status.error, true)) continue;
      again.add(status.key);
      failure ??= status.error;
    }
    waiting = waiting.filter(({ key }) => again.has(key));
    if (failure !== undefined) throw failure;
  }

  try {
    await context.retries.run(sendWaiting, { idempotent: true, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (failed.size === 0) throw error;
  }
  return failed;
}

/** A request that failed as a whole failed for each of its rows. */
async function sendChunk(
  { rows }: GoldContext,
  chunk: readonly RowMutation[],
  signal: AbortSignal | undefined,
): Promise<readonly RowStatus[]> {
  try {
    return await rows.mutateRows(chunk, { signal });
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof Error)) throw error;
    return chunk.map(({ key }) => ({ key, ok: false, error }));
  }
}

function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
