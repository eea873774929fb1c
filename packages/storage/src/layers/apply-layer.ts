import { createCallScope } from "../adapter/call-scope.ts";
import type { BlobStore } from "../blob-store.ts";
import type { RefStore } from "../ref-store.ts";
import type { Store } from "../store.ts";
import { layeredListing } from "./layered-listing.ts";
import { layerRowStore } from "./layer-row-store.ts";
import { createLayeredCalls, type LayeredCalls } from "./layered-calls.ts";
import type { StoreLayer } from "./store-layer.ts";

/** The same store with `layer` around every call. Closing it waits for its calls and closes the store below. */
export function applyLayer(store: Store, layer: StoreLayer): Store {
  const scope = createCallScope(() => store.close());
  const calls = createLayeredCalls(scope, layer);
  return {
    blobs: layerBlobStore(store.blobs, calls),
    refs: layerRefStore(store.refs, calls),
    table: (name) => layerRowStore(store.table(name), calls),
    close: () => scope.close(),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

function layerBlobStore(blobs: BlobStore, calls: LayeredCalls): BlobStore {
  return {
    capabilities: blobs.capabilities,

    putNew: (key, bytes, options) =>
      calls.run(
        { operation: "blobs.putNew", key, signal: options?.signal, bytesWritten: bytes.byteLength },
        (signal) => blobs.putNew(key, bytes, { signal }),
      ),

    get: (key, options) =>
      calls.run(
        {
          operation: "blobs.get",
          key,
          signal: options?.signal,
          bytesRead: (bytes) => bytes?.byteLength ?? 0,
        },
        (signal) => blobs.get(key, { ...options, signal }),
      ),

    deleteMany: (keys, options) =>
      calls.run(
        { operation: "blobs.deleteMany", key: keys[0], signal: options?.signal },
        (signal) => blobs.deleteMany(keys, { signal }),
      ),

    list: (range, options) =>
      layeredListing(
        calls,
        { operation: "blobs.list", key: range.gte, signal: options?.signal },
        (signal, given) =>
          blobs.list(given === undefined ? range : { ...range, gte: given.next }, {
            ...options,
            signal,
          }),
      ),
  };
}

function layerRefStore(refs: RefStore, calls: LayeredCalls): RefStore {
  return {
    capabilities: refs.capabilities,

    read: (key, options) =>
      calls.run(
        {
          operation: "refs.read",
          key,
          signal: options?.signal,
          bytesRead: (ref) => ref?.value.byteLength ?? 0,
        },
        (signal) => refs.read(key, { signal }),
      ),

    compareAndSet: (key, expected, next, options) =>
      calls.run(
        {
          operation: "refs.compareAndSet",
          key,
          signal: options?.signal,
          bytesWritten: next?.byteLength ?? 0,
        },
        (signal) => refs.compareAndSet(key, expected, next, { signal }),
      ),

    list: (range, options) =>
      layeredListing(
        calls,
        {
          operation: "refs.list",
          key: range.gte,
          signal: options?.signal,
          bytesRead: (entries) => entries.reduce((sum, { value }) => sum + value.byteLength, 0),
        },
        (signal, given) =>
          refs.list(given === undefined ? range : { ...range, gte: given.next }, {
            ...options,
            signal,
          }),
      ),
  };
}
