import type { Store } from "../../../src/index.ts";
import { withBlobs, withRefs, withRows, type Mutant } from "./mutant.ts";

function withClose(change: (store: Store) => () => Promise<void>): Mutant["mutate"] {
  return (store) => {
    const close = change(store);
    return { ...store, close, [Symbol.asyncDispose]: close };
  };
}

export const lifeMutants: readonly Mutant[] = [
  {
    defect: "still answers after closing",
    caughtBy: "life › after closing every call on blobs and refs fails with closed",
    mutate: withClose(() => async () => {}),
  },
  {
    defect: "lets tables answer after closing",
    caughtBy: "life › after closing every call on a table fails with closed",
    mutate: withRows((rows) => ({ families: () => rows.families().catch(() => new Map()) })),
  },
  {
    defect: "fails when it is closed twice",
    caughtBy: "life › closing is idempotent, one after another and at the same time",
    mutate: withClose((store) => {
      let closed = false;
      return async () => {
        if (closed) throw new Error("closed already");
        closed = true;
        await store.close();
      };
    }),
  },
  {
    defect: "closes without waiting for calls under way",
    caughtBy: "life › closing waits for calls under way",
    mutate: (store) => {
      const slow = withBlobs((blobs) => ({
        putNew: async (key, bytes, options) => {
          await blobs.putNew(key, bytes, options);
          for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        },
      }));
      return slow(store);
    },
  },
  {
    defect: "does not close when it is disposed of",
    caughtBy: "life › after disposing with await using a call fails with closed",
    mutate: (store) => ({ ...store, [Symbol.asyncDispose]: async () => {} }),
  },
  {
    defect: "finishes an open listing after closing as if nothing were left",
    caughtBy: "life › the next batch of a listing that is open at closing fails with closed",
    mutate: withRefs((refs) => ({
      list: async function* (range, options) {
        try {
          yield* refs.list(range, options);
        } catch {
          return;
        }
      },
    })),
  },
  {
    defect: "ignores an aborted signal on writes of blobs",
    caughtBy: "cancellation › an aborted signal ends calls on blobs and leaves everything as it is",
    mutate: withBlobs((blobs) => ({ putNew: (key, bytes) => blobs.putNew(key, bytes) })),
  },
  {
    defect: "ignores an aborted signal on records",
    caughtBy: "cancellation › an aborted signal ends calls on refs and leaves everything as it is",
    mutate: withRefs((refs) => ({
      compareAndSet: (key, expected, next) => refs.compareAndSet(key, expected, next),
    })),
  },
  {
    defect: "reports the abort after writing the rows",
    caughtBy: "cancellation › an aborted signal ends calls on rows and leaves everything as it is",
    mutate: withRows((rows) => ({
      mutateRows: async (mutations, options) => {
        await rows.mutateRows(mutations);
        return rows.mutateRows(mutations, options);
      },
    })),
  },
  {
    defect: "looks at the signal of a listing only at its start",
    caughtBy: "cancellation › an abort between batches ends the listing",
    mutate: withBlobs((blobs) => ({
      list: (range, options) => {
        if (options?.signal?.aborted === true) return blobs.list(range, options);
        return blobs.list(range, { ...options, signal: undefined });
      },
    })),
  },
  {
    defect: "throws at once for a wrong range",
    caughtBy: "arguments › byte ranges that are not of non-negative integers reject",
    mutate: withBlobs((blobs) => ({
      get: (key, options) => {
        if ((options?.range?.offset ?? 0) < 0) throw new RangeError("offset");
        return blobs.get(key, options);
      },
    })),
  },
  {
    defect: "accepts any batch size",
    caughtBy: "arguments › batch sizes outside the documented bounds reject",
    mutate: withRefs((refs) => ({
      list: (range, options) => refs.list(range, { ...options, batchSize: 10 }),
    })),
  },
  {
    defect: "declares a smaller limit than it keeps",
    caughtBy: "limits › a record at the limit is stored, one byte more is too large",
    mutate: withRefs((refs) => ({
      capabilities: { ...refs.capabilities, maxValueBytes: 100 },
    })),
  },
  {
    defect: "declares a larger limit than it keeps",
    caughtBy: "limits › a qualifier at the limit is stored, one byte more is too large",
    mutate: withRows((rows) => ({
      capabilities: {
        ...rows.capabilities,
        maxQualifierBytes: rows.capabilities.maxQualifierBytes + 1,
      },
    })),
  },
];
