import type { BlobPiece, BlobStoreCapabilities, ByteRange } from "../blob-store.ts";
import { MAX_KEY_BYTES, type KeyRange } from "../key.ts";
import type { RefStoreCapabilities, RefToken } from "../ref-store.ts";
import { StorageError } from "../storage-error.ts";

const rangeEnd = /^[\x20-\x7f]*$/;
const tableName = /^[a-z0-9_-]{1,32}$/;

/** @throws {StorageError} `too-large` */
export function checkBlob(bytes: Uint8Array, capabilities: BlobStoreCapabilities): void {
  checkLength("blob", bytes.byteLength, capabilities.maxBlobBytes);
}

/** @throws {StorageError} `invalid-argument` when both states are missing, `too-large` */
export function checkRefChange(
  expected: RefToken | undefined,
  next: Uint8Array | undefined,
  capabilities: RefStoreCapabilities,
): void {
  if (expected === undefined && next === undefined) {
    throw new StorageError("invalid-argument", "expected and next are both missing");
  }
  if (next !== undefined) checkLength("value", next.byteLength, capabilities.maxValueBytes);
}

/** @throws {StorageError} `invalid-argument` */
export function checkByteRange(range: ByteRange | undefined): void {
  if (range === undefined) return;
  checkInteger("offset", range.offset, 0, Number.MAX_SAFE_INTEGER);
  checkInteger("length", range.length, 0, Number.MAX_SAFE_INTEGER);
}

/** @throws {StorageError} `invalid-argument` */
export function checkBlobPieces(pieces: readonly BlobPiece[]): void {
  for (const { offset } of pieces) checkInteger("offset", offset, 0, Number.MAX_SAFE_INTEGER);
}

/** @throws {StorageError} `invalid-argument` for an end with other characters or longer than the contract allows */
export function checkKeyRange(range: KeyRange): void {
  for (const end of [range.gte, range.lt]) {
    if (end === undefined) continue;
    if (end.length > MAX_KEY_BYTES + 1 || !rangeEnd.test(end)) {
      throw new StorageError(
        "invalid-argument",
        `range end must be at most ${MAX_KEY_BYTES + 1} ASCII characters end=${JSON.stringify(end.slice(0, 40))}`,
      );
    }
  }
}

/** @throws {StorageError} `invalid-argument` outside 1 to `most` */
export function checkBatchSize(batchSize: number, most: number): void {
  checkInteger("batchSize", batchSize, 1, most);
}

/** @throws {StorageError} `invalid-argument` */
export function checkTableName(name: string): void {
  if (!tableName.test(name)) {
    throw new StorageError(
      "invalid-argument",
      `table name must be 1 to 32 of a-z 0-9 _ - name=${JSON.stringify(name)}`,
    );
  }
}

/** @throws {StorageError} `invalid-argument` */
export function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new StorageError(
      "invalid-argument",
      `${name} must be an integer least=${least} most=${most} value=${value}`,
    );
  }
}

/** @throws {StorageError} `too-large` */
export function checkLength(name: string, length: number, limit: number): void {
  if (length > limit) {
    throw new StorageError("too-large", `${name} is too large length=${length} limit=${limit}`);
  }
}
