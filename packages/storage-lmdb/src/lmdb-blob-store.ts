import {
  StorageError,
  type BlobEntry,
  type BlobPiece,
  type BlobStore,
  type BlobStoreCapabilities,
  type Key,
  type KeyRange,
} from "@foretile/storage";
import {
  batched,
  checkBatchSize,
  checkBlob,
  checkBlobPieces,
  checkByteRange,
  checkKeyRange,
  type CallScope,
} from "@foretile/storage/adapter";

import { borrowValue, copyPart, writable } from "./database.ts";
import { keyBytes, keyText, scanBounds, type ScanBounds } from "./key-bytes.ts";
import { decodeLength, encodeLength } from "./length-record.ts";
import type { StoreContext } from "./store-context.ts";
import { scan, type ScanStep } from "./scan.ts";

const DEFAULT_BATCH = 1_000;
const MAX_BATCH = 10_000;
/** Keys of one transaction of `deleteMany`, which is not atomic, so that others get their turn. */
const DELETE_BATCH = 1_000;

const capabilities: BlobStoreCapabilities = {
  // A value is written in one piece from memory and read through a buffer twice its size.
  maxBlobBytes: 64 * 1024 * 1024,
  detectsConflicts: true,
  durable: true,
};

/**
 * Blobs in `blobs`, their lengths once more in `blob-lengths`: LMDB tells a length only by reading the value, and
 * listing must not read everything.
 */
export function createLmdbBlobStore(calls: CallScope, context: StoreContext): BlobStore {
  const { environment, write } = context;

  function put(key: Key, bytes: Uint8Array): void {
    const { blobs, "blob-lengths": lengths } = environment.databases;
    const name = keyBytes(key);
    const there = borrowValue(lengths, name);
    if (there === undefined) {
      blobs.putSync(name, writable(bytes));
      lengths.putSync(name, encodeLength(bytes.byteLength));
    } else if (decodeLength(there) !== bytes.byteLength || !holds(name, bytes)) {
      throw new StorageError("conflict", `other bytes are stored under the key key=${key}`);
    }
  }

  function holds(name: Uint8Array, bytes: Uint8Array): boolean {
    const there = borrowValue(environment.databases.blobs, name);
    return there !== undefined && Buffer.compare(there, bytes) === 0;
  }

  /** @returns how many bytes the blob has from the offset on */
  function copyInto({ key, offset, into }: BlobPiece): number | undefined {
    const value = borrowValue(environment.databases.blobs, keyBytes(key));
    if (value === undefined) return undefined;
    environment.touch(value.byteLength);
    into.set(value.subarray(offset, offset + into.byteLength));
    return Math.max(0, value.byteLength - offset);
  }

  function list(bounds: ScanBounds, limit: number): ScanStep<BlobEntry> {
    return environment.read(() => {
      const found: BlobEntry[] = [];
      let last: Uint8Array | undefined;
      const lengths = environment.databases["blob-lengths"];
      for (const { key, value } of lengths.getRange({ ...bounds, limit })) {
        found.push({ key: keyText(key) as Key, length: decodeLength(value) });
        last = key;
      }
      return { found, last: found.length < limit ? undefined : last };
    });
  }

  return {
    capabilities,

    putNew: (key, bytes, options) =>
      calls.run(options?.signal, () => {
        checkBlob(bytes, capabilities);
        return write(bytes.byteLength, () => put(key, bytes));
      }),

    get: (key, options) =>
      calls.run(options?.signal, () => {
        const range = options?.range;
        checkByteRange(range);
        return environment.read(() => {
          const value = borrowValue(environment.databases.blobs, keyBytes(key));
          if (value === undefined) return undefined;
          environment.touch(value.byteLength);
          return range === undefined
            ? copyPart(value)
            : copyPart(value, range.offset, range.offset + range.length);
        });
      }),

    readInto: (pieces, options) =>
      calls.run(options?.signal, () => {
        checkBlobPieces(pieces);
        return environment.read(() => pieces.map(copyInto));
      }),

    deleteMany: (keys, options) =>
      calls.run(options?.signal, async () => {
        for (let start = 0; start < keys.length; start += DELETE_BATCH) {
          const some = keys.slice(start, start + DELETE_BATCH).map(keyBytes);
          await write(0, () => {
            const { blobs, "blob-lengths": lengths } = environment.databases;
            for (const name of some) {
              blobs.removeSync(name);
              lengths.removeSync(name);
            }
          });
        }
      }),

    list: (range: KeyRange, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      return batched(calls, options?.signal, batchSize, () => {
        checkKeyRange(range);
        checkBatchSize(batchSize, MAX_BATCH);
        return scan(scanBounds(range), (bounds) => list(bounds, batchSize));
      });
    },
  };
}
