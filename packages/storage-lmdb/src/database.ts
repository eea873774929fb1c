import type { Database } from "lmdb";

/** One ordered map of an environment: bytes to bytes. */
export type BytesDatabase = Database<Uint8Array, Uint8Array>;

/** How every database of a store is opened: bytes in, bytes out, ordered by byte. */
export const bytesDatabaseOptions = {
  encoding: "binary",
  keyEncoding: "binary",
} as const;

/**
 * The value of a key as lmdb-js lends it: in one buffer for all reads of the thread, gone with the next read. Use it at
 * once, or copy it.
 */
export function borrowValue(database: BytesDatabase, key: Uint8Array): Uint8Array | undefined {
  const shared = database.getBinaryFast(key);
  // The buffer says the value's length, but its `byteLength` and its views are those of the whole buffer.
  return shared?.subarray(0, shared.length);
}

/** The value of a key, copied into memory of its own. */
export function copyValue(
  database: BytesDatabase,
  key: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const borrowed = borrowValue(database, key);
  return borrowed && copyPart(borrowed);
}

/** Bytes `from` to `to` of a borrowed value, copied into memory of their own; parts outside the value are left out. */
export function copyPart(
  borrowed: Uint8Array,
  from = 0,
  to: number = Number.POSITIVE_INFINITY,
): Uint8Array<ArrayBuffer> {
  const start = Math.min(from, borrowed.byteLength);
  const end = Math.min(Math.max(to, start), borrowed.byteLength);
  const { buffer, byteOffset } = borrowed;
  // The buffer's own slice does not zero the memory that it fills.
  return new Uint8Array(buffer.slice(byteOffset + start, byteOffset + end) as ArrayBuffer);
}

/** Bytes as lmdb-js can take them: it finds their address only when their memory is not shared between threads. */
export function writable(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
}
