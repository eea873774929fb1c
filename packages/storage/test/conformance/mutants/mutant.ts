import type { BlobStore, RefStore, RowStore, Store } from "../../../src/index.ts";

/** A store with one defect, and the case of the suite that must notice it. */
export interface Mutant {
  readonly defect: string;
  /** `contract › case`, as registered. */
  readonly caughtBy: string;
  readonly mutate: (store: Store) => Store;
}

export function withBlobs(change: (blobs: BlobStore) => Partial<BlobStore>): Mutant["mutate"] {
  return (store) => ({ ...store, blobs: { ...store.blobs, ...change(store.blobs) } });
}

export function withRefs(change: (refs: RefStore) => Partial<RefStore>): Mutant["mutate"] {
  return (store) => ({ ...store, refs: { ...store.refs, ...change(store.refs) } });
}

export function withRows(change: (rows: RowStore) => Partial<RowStore>): Mutant["mutate"] {
  return (store) => ({
    ...store,
    table: (name) => {
      const rows = store.table(name);
      return { ...rows, ...change(rows) };
    },
  });
}

/** A listing with its batches changed one by one. */
export async function* mapBatches<T>(
  listing: AsyncIterable<readonly T[]>,
  change: (batch: readonly T[], index: number) => readonly T[],
): AsyncGenerator<readonly T[]> {
  let index = 0;
  for await (const batch of listing) {
    yield change(batch, index);
    index += 1;
  }
}

/** A listing without its last batch, unless that is the only one. */
export async function* dropLastBatch<T>(
  listing: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  let previous: readonly T[] | undefined;
  let count = 0;
  for await (const batch of listing) {
    if (previous !== undefined) yield previous;
    previous = batch;
    count += 1;
  }
  if (count === 1 && previous !== undefined) yield previous;
}
