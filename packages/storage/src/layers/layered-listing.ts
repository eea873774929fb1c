import { keyAfter } from "../adapter/row-ranges.ts";
import type { CallDescription, LayeredCalls } from "./layered-calls.ts";

/** What a listing already gave, for going on behind it. */
export interface GivenEntries {
  /** The lowest key that was not given yet. */
  readonly next: string;
  readonly count: number;
}

interface OpenListing<T> {
  readonly batches: AsyncIterator<readonly T[]>;
  readonly controller: AbortController;
}

/**
 * A listing whose batches each go through the layer. After a failed batch the listing below is gone, so the next
 * attempt opens another one that starts behind the last key given.
 *
 * @param open opens the listing below, from its start or behind what was given
 */
export async function* layeredListing<T extends { readonly key: string }>(
  calls: LayeredCalls,
  call: CallDescription<readonly T[]>,
  open: (signal: AbortSignal, given: GivenEntries | undefined) => AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[], void, undefined> {
  let given: GivenEntries | undefined;
  let listing: OpenListing<T> | undefined;
  let fetching = false;

  async function fetch(signal: AbortSignal | undefined): Promise<readonly T[]> {
    if (listing === undefined) {
      const controller = new AbortController();
      listing = { batches: open(controller.signal, given)[Symbol.asyncIterator](), controller };
    }
    const { batches, controller } = listing;
    const abort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    fetching = true;
    try {
      const result = await batches.next();
      return result.done === true ? [] : result.value;
    } catch (error) {
      listing = undefined;
      throw error;
    } finally {
      fetching = false;
      signal?.removeEventListener("abort", abort);
    }
  }

  try {
    for (;;) {
      const batch = await calls.run(call, fetch);
      const last = batch.at(-1);
      if (last === undefined) return;
      given = { next: keyAfter(last.key), count: (given?.count ?? 0) + batch.length };
      yield batch;
    }
  } finally {
    const closing = listing?.batches.return?.();
    // A fetch that the layer left behind (its deadline passed) may never end. Its failure was reported already, so
    // nobody waits for the listing to close.
    if (fetching) void closing?.catch(() => {});
    else await closing;
  }
}
