import type { CallScope } from "./call-scope.ts";

/**
 * A listing whose batches come from a service: each is fetched in a call of its own, so that a listing does not outlive
 * the store's closing.
 *
 * @param fetch gives the next entries, one or more, and none when there are no more. Is not called again after that
 */
export async function* fetchedBatches<T>(
  calls: CallScope,
  signal: AbortSignal | undefined,
  fetch: () => Promise<readonly T[]>,
): AsyncGenerator<readonly T[], void, undefined> {
  for (;;) {
    const batch = await calls.run(signal, fetch);
    if (batch.length === 0) return;
    yield batch;
  }
}
