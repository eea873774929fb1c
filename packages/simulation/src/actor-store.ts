import { StorageError, type BlobStore, type RefStore, type Store } from "@foretile/storage";
import { createCallScope, type CallScope } from "@foretile/storage/adapter";
import type { Draw } from "./draw.ts";
import type { SimulatedOperation } from "./faults.ts";

/** A store call before it is on its way. */
export interface RequestDescription<T> {
  readonly operation: SimulatedOperation;
  readonly key: string | undefined;
  readonly writes: boolean;
  readonly signal: AbortSignal | undefined;
  /** Makes the call on the shared store. May be asked more than once. */
  readonly happen: () => Promise<T>;
  /** Makes a drawn part of it, of calls that are not atomic, and says in a few words which. */
  readonly happenPartly?: ((draw: Draw) => Promise<string>) | undefined;
  /** The result in a few words, for the trace. */
  readonly summary: (result: T) => string;
}

/** Puts a call on its way and waits for its reply. */
export type Send = <T>(request: RequestDescription<T>) => Promise<T>;

/**
 * An actor's view of the shared store: each call, and each batch of a listing, goes through `send`. What was handed in
 * is copied, because a request may happen after its caller was told that it failed.
 */
export function createActorStore(memory: Store, send: Send): Store {
  const calls = createCallScope();
  return {
    blobs: actorBlobStore(memory.blobs, calls, send),
    refs: actorRefStore(memory.refs, calls, send),
    table: () => {
      throw new StorageError("unsupported", "tables are not simulated");
    },
    close: () => calls.close(),
    [Symbol.asyncDispose]: () => calls.close(),
  };
}

function actorBlobStore(blobs: BlobStore, calls: CallScope, send: Send): BlobStore {
  return {
    capabilities: blobs.capabilities,

    putNew: (key, bytes, { signal } = {}) =>
      calls.run(signal, () => {
        const sent = bytes.slice();
        return send({
          operation: "blobs.putNew",
          key,
          writes: true,
          signal,
          happen: () => blobs.putNew(key, sent),
          summary: () => `${sent.byteLength} bytes`,
        });
      }),

    get: (key, { signal, range } = {}) =>
      calls.run(signal, () =>
        send({
          operation: "blobs.get",
          key,
          writes: false,
          signal,
          happen: () => blobs.get(key, { range }),
          summary: (bytes) => (bytes === undefined ? "absent" : `${bytes.byteLength} bytes`),
        }),
      ),

    deleteMany: (keys, { signal } = {}) =>
      calls.run(signal, () => {
        const sent = [...keys];
        return send({
          operation: "blobs.deleteMany",
          key: sent[0],
          writes: true,
          signal,
          happen: () => blobs.deleteMany(sent),
          happenPartly: async (draw) => {
            const part = sent.filter(() => draw.chance(0.5));
            await blobs.deleteMany(part);
            return `${part.length} of ${sent.length} keys`;
          },
          summary: () => `${sent.length} keys`,
        });
      }),

    list: (range, { signal, batchSize } = {}) =>
      sendBatches({
        calls,
        send,
        operation: "blobs.list",
        key: range.gte,
        signal,
        open: () => blobs.list(range, { batchSize }),
      }),
  };
}

function actorRefStore(refs: RefStore, calls: CallScope, send: Send): RefStore {
  return {
    capabilities: refs.capabilities,

    read: (key, { signal } = {}) =>
      calls.run(signal, () =>
        send({
          operation: "refs.read",
          key,
          writes: false,
          signal,
          happen: () => refs.read(key),
          summary: (ref) => (ref === undefined ? "absent" : `token ${ref.token}`),
        }),
      ),

    compareAndSet: (key, expected, next, { signal } = {}) =>
      calls.run(signal, () => {
        const sent = next?.slice();
        return send({
          operation: "refs.compareAndSet",
          key,
          writes: true,
          signal,
          happen: () => refs.compareAndSet(key, expected, sent),
          summary: (result) => {
            const from = expected ?? "absent";
            return result.swapped
              ? `swapped ${from} for ${result.token ?? "absent"}`
              : `not swapped, expected ${from}`;
          },
        });
      }),

    list: (range, { signal, batchSize } = {}) =>
      sendBatches({
        calls,
        send,
        operation: "refs.list",
        key: range.gte,
        signal,
        open: () => refs.list(range, { batchSize }),
      }),
  };
}

async function* sendBatches<T>(listing: {
  readonly calls: CallScope;
  readonly send: Send;
  readonly operation: SimulatedOperation;
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly open: () => AsyncIterable<readonly T[]>;
}): AsyncGenerator<readonly T[], void, undefined> {
  const { calls, send, operation, key, signal } = listing;
  const batches = listing.open()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const batch = await calls.run(signal, () =>
        send({
          operation,
          key,
          writes: false,
          signal,
          happen: () => batches.next(),
          summary: (result) => (result.done === true ? "end" : `${result.value.length} entries`),
        }),
      );
      if (batch.done === true) return;
      yield batch.value;
    }
  } finally {
    await batches.return?.();
  }
}
