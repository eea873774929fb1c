import { StorageError, type Store } from "@foretile/storage";
import type { StoreOperation } from "@foretile/storage/layers";

/** How a process ends: before its last call reaches the store, after it, or, of several keys, halfway. */
export type Death = "before" | "after" | "halfway";

/** Calls that change something. */
const changes: ReadonlySet<StoreOperation> = new Set<StoreOperation>([
  "blobs.putNew",
  "blobs.deleteMany",
  "refs.compareAndSet",
]);

/**
 * A store whose process dies at its nth call, from 1: no later call does anything. Each batch of a listing is a call.
 */
export function dyingStore(
  { blobs, refs }: Store,
  n: number,
  death: Death,
): Pick<Store, "blobs" | "refs"> {
  let calls = 0;

  async function call<T>(
    operation: StoreOperation,
    happen: () => Promise<T>,
    halfway: () => Promise<unknown> = async () => undefined,
  ): Promise<T> {
    calls += 1;
    if (calls > n) throw dead();
    if (calls === n && changes.has(operation)) {
      if (death === "after") await happen();
      if (death === "halfway") await halfway();
    }
    if (calls === n) throw dead();
    return happen();
  }

  async function* batches<T>(
    operation: StoreOperation,
    listing: AsyncIterable<readonly T[]>,
  ): AsyncGenerator<readonly T[], void, undefined> {
    const iterator = listing[Symbol.asyncIterator]();
    for (;;) {
      const next = await call(operation, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  return {
    blobs: {
      capabilities: blobs.capabilities,
      putNew: (...parameters) => call("blobs.putNew", () => blobs.putNew(...parameters)),
      get: (...parameters) => call("blobs.get", () => blobs.get(...parameters)),
      deleteMany: (keys, options) =>
        call(
          "blobs.deleteMany",
          () => blobs.deleteMany(keys, options),
          () => blobs.deleteMany(keys.filter((_, index) => index % 2 === 0)),
        ),
      list: (...parameters) => batches("blobs.list", blobs.list(...parameters)),
    },
    refs: {
      capabilities: refs.capabilities,
      read: (...parameters) => call("refs.read", () => refs.read(...parameters)),
      compareAndSet: (...parameters) =>
        call("refs.compareAndSet", () => refs.compareAndSet(...parameters)),
      list: (...parameters) => batches("refs.list", refs.list(...parameters)),
    },
  };
}

function dead(): StorageError {
  return new StorageError("closed", "the process died on purpose");
}
