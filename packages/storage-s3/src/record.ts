import { StorageError } from "@foretile/storage";

import { crcOf } from "./digests.ts";
import { HISTORY_BYTES, type RecordHistory } from "./record-history.ts";

/*
 * A record is a small object that changes, or a row, or the families of a table. Its bytes:
 *
 *     0  3   "ftr"
 *     3  1   format, 1
 *     4  4   CRC-32 of the object's name within the store and of all that follows, little-endian
 *     8  396 the record's history
 *   404  .   of a tombstone nothing; else one byte 1, then the value
 *
 * The history makes every state's bytes, and with them its ETag, different from all others, also when a value returns.
 * A tombstone can be told by its length.
 */

const MAGIC = Buffer.from("ftr\x01", "latin1");
const VALUE = 1;

export const TOMBSTONE_BYTES: number = 8 + HISTORY_BYTES;

/** One state of a record. */
export interface RecordState {
  readonly history: RecordHistory;
  /** `undefined` of a tombstone. Belongs to whoever read it. */
  readonly value: Uint8Array<ArrayBuffer> | undefined;
}

/** @param name the object's name without the store's prefix, so that a store can be copied */
export function encodeRecord(
  name: string,
  history: RecordHistory,
  value: Uint8Array | undefined,
): Uint8Array {
  const length = TOMBSTONE_BYTES + (value === undefined ? 0 : 1 + value.byteLength);
  const bytes = Buffer.alloc(length);
  bytes.set(MAGIC, 0);
  bytes.set(history, 8);
  if (value !== undefined) {
    bytes[TOMBSTONE_BYTES] = VALUE;
    bytes.set(value, TOMBSTONE_BYTES + 1);
  }
  bytes.writeUInt32LE(checksum(name, bytes), 4);
  return bytes;
}

/** @throws {StorageError} `damaged`, `format-too-new` */
export function decodeRecord(name: string, bytes: Uint8Array<ArrayBuffer>): RecordState {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = view.subarray(0, 3).equals(MAGIC.subarray(0, 3)) ? view[3] : undefined;
  if (format !== undefined && format > 1) {
    throw new StorageError(
      "format-too-new",
      `record was written by a newer release, upgrade to read it name=${name} format=${format}`,
    );
  }
  if (
    format !== 1 ||
    view.byteLength < TOMBSTONE_BYTES ||
    view.readUInt32LE(4) !== checksum(name, view) ||
    (view.byteLength > TOMBSTONE_BYTES && view[TOMBSTONE_BYTES] !== VALUE)
  ) {
    // Bytes may have been changed on the way, so that another try can help.
    throw new StorageError("damaged", `record is not what was written name=${name}`, {
      retry: "safe",
      details: { length: view.byteLength },
    });
  }
  return {
    history: Buffer.from(view.subarray(8, TOMBSTONE_BYTES)),
    value: view.byteLength === TOMBSTONE_BYTES ? undefined : bytes.slice(TOMBSTONE_BYTES + 1),
  };
}

function checksum(name: string, record: Buffer): number {
  return crcOf(record.subarray(8), crcOf(Buffer.from(name, "latin1")));
}
