import { StorageError } from "../storage-error.ts";

/** The one life of a store: it knows the calls under way and when it was closed. */
export interface CallScope {
  /**
   * Runs one call. The operation starts in a later microtask, so nothing ever happens inside the caller's own step.
   *
   * @throws {StorageError} `closed` after {@link CallScope.close}, `aborted` when the signal was aborted before the
   *   operation started; what happens later is the operation's own matter
   */
  run<T>(signal: AbortSignal | undefined, operation: () => T | Promise<T>): Promise<T>;
  /** Refuses new calls, waits for those under way, then releases. Every call returns the same promise. */
  close(): Promise<void>;
}

/** The error of a call that its caller's signal ended. */
export function abortedError(signal: AbortSignal): StorageError {
  return new StorageError("aborted", "call was aborted", { cause: signal.reason });
}

async function start<T>(
  signal: AbortSignal | undefined,
  operation: () => T | Promise<T>,
): Promise<T> {
  await Promise.resolve();
  if (signal?.aborted === true) throw abortedError(signal);
  return operation();
}

/** @param release frees what the store holds, once, when the last call has ended */
export function createCallScope(release?: () => void | Promise<void>): CallScope {
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  async function finish(): Promise<void> {
    await Promise.allSettled(underWay);
    await release?.();
  }

  return {
    run: async (signal, operation) => {
      if (closing !== undefined) throw new StorageError("closed", "store is closed");
      const call = start(signal, operation);
      underWay.add(call);
      try {
        return await call;
      } finally {
        underWay.delete(call);
      }
    },
    close: () => (closing ??= finish()),
  };
}
