import {
  StorageError,
  type BlobEntry,
  type BlobStore,
  type BlobStoreCapabilities,
  type Key,
} from "@foretile/storage";
import {
  checkBatchSize,
  checkBlob,
  checkByteRange,
  checkKeyRange,
  fetchedBatches,
  type CallScope,
} from "@foretile/storage/adapter";

import { crcHex, crcOf, md5Of } from "./digests.ts";
import { escapeKey } from "./object-name.ts";
import { putMultipart, type MultipartSizes } from "./put-multipart.ts";
import type { PutOutcome, S3Object } from "./s3-objects.ts";
import { createS3Pages, type S3Pages } from "./s3-pages.ts";
import type { StoreContext } from "./store-context.ts";

const DEFAULT_BATCH = 1_000;
const MAX_BATCH = 10_000;
/** S3's own limit of one request. */
const DELETE_BATCH = 1_000;
const FOLDER = "b/";
/** Name of the user metadata that holds the CRC-32 of the blob. */
const CRC = "crc32";

/** Blobs under `b/`, one object each. */
export function createS3BlobStore(
  calls: CallScope,
  context: StoreContext,
  sizes: MultipartSizes,
): BlobStore {
  const { objects, prefix, traits } = context;
  const createsOnly = traits.conditions === "A";
  const capabilities: BlobStoreCapabilities = {
    // A blob is in memory as a whole, here and there.
    maxBlobBytes: 2 ** 30,
    detectsConflicts: createsOnly,
    durable: true,
  };
  // Parts that are put together without a condition could overwrite another blob unnoticed.
  const multipart = !createsOnly || traits.conditionalMultipart;

  const nameOf = (key: Key): string => `${prefix}${FOLDER}${escapeKey(key)}`;

  async function put(
    name: string,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<PutOutcome> {
    const metadata = { [CRC]: crcHex(crcOf(bytes)) };
    if (multipart && bytes.byteLength > sizes.thresholdBytes) {
      return putMultipart(context, name, bytes, { createsOnly, metadata, sizes, signal });
    }
    const condition = createsOnly ? ({ type: "absent" } as const) : undefined;
    return objects.put(name, bytes, { condition, metadata, signal });
  }

  /**
   * After the server refused to create: an earlier try of the same call is fine, other bytes are not. Equality may be
   * told by the ETag; a conflict only by the other bytes themselves, for an answer may be changed on its way.
   */
  async function checkEqual(
    key: Key,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const name = nameOf(key);
    const there = await objects.head(name, signal);
    if (there === undefined) throw cameAndWent(key);
    const hasLength = there.length === bytes.byteLength;
    if (hasLength && traits.etag === "md5" && there.etag === md5Of(bytes).toString("hex")) return;
    const object = await objects.get(name, signal);
    if (object === undefined) throw cameAndWent(key);
    if (Buffer.compare(object.bytes, bytes) === 0) return;
    checkCrc(key, object);
    throw new StorageError("conflict", `other bytes are stored under the key key=${key}`);
  }

  return {
    capabilities,

    putNew: (key, bytes, options) =>
      calls.run(options?.signal, async () => {
        checkBlob(bytes, capabilities);
        context.checkWritable();
        const outcome = await put(nameOf(key), bytes, options?.signal);
        if (outcome.type === "unclear") throw outcome.error;
        if (outcome.type !== "stored") await checkEqual(key, bytes, options?.signal);
      }),

    get: (key, options) =>
      calls.run(options?.signal, async () => {
        const { range, signal } = options ?? {};
        checkByteRange(range);
        const name = nameOf(key);
        if (range?.length === 0) {
          return (await objects.head(name, signal)) === undefined ? undefined : new Uint8Array(0);
        }
        const object = await objects.get(name, signal, range);
        if (object === undefined) return undefined;
        if (range === undefined) checkCrc(key, object);
        return object.bytes;
      }),

    deleteMany: (keys, options) =>
      calls.run(options?.signal, async () => {
        context.checkWritable();
        const names = [...new Set(keys)].map(nameOf);
        for (let start = 0; start < names.length; start += DELETE_BATCH) {
          await objects.removeMany(names.slice(start, start + DELETE_BATCH), options?.signal);
        }
      }),

    list: (range, options) => {
      const batchSize = options?.batchSize ?? DEFAULT_BATCH;
      let pages: S3Pages | undefined;
      return fetchedBatches(calls, options?.signal, () => {
        if (pages === undefined) {
          checkKeyRange(range);
          checkBatchSize(batchSize, MAX_BATCH);
          pages = createS3Pages(objects, `${prefix}${FOLDER}`, range);
        }
        return nextEntries(pages, batchSize, options?.signal);
      });
    },
  };
}

/** @throws {StorageError} `damaged`; bytes may have been changed on the way, so that another try can help */
function checkCrc(key: Key, { bytes, metadata }: Pick<S3Object, "bytes" | "metadata">): void {
  const crc = metadata[CRC];
  if (crc === undefined || crc === crcHex(crcOf(bytes))) return;
  throw new StorageError("damaged", `blob is not what was written key=${key}`, { retry: "safe" });
}

function cameAndWent(key: Key): StorageError {
  return new StorageError("unavailable", `blob came and went while it was put key=${key}`, {
    retry: "safe",
  });
}

async function nextEntries(
  pages: S3Pages,
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<readonly BlobEntry[]> {
  const batch: BlobEntry[] = [];
  while (batch.length < batchSize) {
    const page = await pages.next(batchSize - batch.length, signal);
    if (page === undefined) break;
    for (const { key, length } of page) batch.push({ key, length });
  }
  return batch;
}
