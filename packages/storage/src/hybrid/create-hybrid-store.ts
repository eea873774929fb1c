import { StorageError } from "../storage-error.ts";
import type { Store } from "../store.ts";

export interface HybridStoreParts {
  /** Holds records and rows: a store whose compare-and-set can be relied on. */
  readonly refs: Store;
  /** Holds blobs. */
  readonly blobs: Store;
}

/**
 * One store of two: records and rows in one, blobs in the other. It owns both; closing it closes both, also when one of
 * them fails to close.
 *
 * The two belong together from the first write on: neither is of use with another partner.
 */
export function createHybridStore(parts: HybridStoreParts): Store {
  const { refs, blobs } = parts;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closeBoth(parts));
  return {
    blobs: blobs.blobs,
    refs: refs.refs,
    table: (name) => refs.table(name),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeBoth({ refs, blobs }: HybridStoreParts): Promise<void> {
  const outcomes = await Promise.allSettled([refs.close(), blobs.close()]);
  const errors = outcomes.flatMap((outcome): readonly unknown[] =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) {
    throw new StorageError("unknown", "neither of the two stores could be closed", {
      cause: new AggregateError(errors),
    });
  }
}
