import { batched } from "../adapter/batched.ts";
import type { CallScope } from "../adapter/call-scope.ts";
import {
  checkBatchSize,
  checkBlob,
  checkByteRange,
  checkKeyRange,
} from "../adapter/check-arguments.ts";
import type { BlobEntry, BlobStore, BlobStoreCapabilities } from "../blob-store.ts";
import { copyBytes } from "../copy-bytes.ts";
import { equalBytes } from "../equal-bytes.ts";
import type { Key, KeyRange } from "../key.ts";
import { StorageError } from "../storage-error.ts";
import { OrderedMap } from "./ordered-map.ts";

const DEFAULT_BATCH = 1_000;
const MAX_BATCH = 10_000;

export function createMemoryBlobStore(
  calls: CallScope,
  capabilities: BlobStoreCapabilities,
): BlobStore {
  const blobs = new OrderedMap<Uint8Array>();

  function* entries(range: KeyRange): Generator<BlobEntry, void, undefined> {
    for (const [key, bytes] of blobs.entries(range)) {
      yield { key: key as Key, length: bytes.byteLength };
    }
  }

  return {
    capabilities,

    putNew: (key, bytes, options) =>
      calls.run(options?.signal, () => {
        checkBlob(bytes, capabilities);
        const there = blobs.get(key);
        if (there === undefined) blobs.set(key, copyBytes(bytes));
        else if (!equalBytes(there, bytes)) {
          throw new StorageError("conflict", `other bytes are stored under the key key=${key}`);
        }
      }),

    get: (key, options) =>
      calls.run(options?.signal, () => {
        const range = options?.range;
        checkByteRange(range);
        const bytes = blobs.get(key);
        return range === undefined
          ? bytes?.slice()
          : bytes?.slice(range.offset, range.offset + range.length);
      }),

    deleteMany: (keys, options) =>
      calls.run(options?.signal, () => {
        for (const key of keys) blobs.delete(key);
      }),

    list: (range, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      return batched(calls, options?.signal, batchSize, () => {
        checkKeyRange(range);
        checkBatchSize(batchSize, MAX_BATCH);
        return entries(range);
      });
    },
  };
}
