import { StorageError } from "./storage-error.ts";

/** A key is at most this long, so that every store can hold it beside its own prefixes (LMDB's stock limit is 511). */
export const MAX_KEY_BYTES = 400;

/**
 * A key of a store: 1 to {@link MAX_KEY_BYTES} printable ASCII characters (0x21 to 0x7e).
 *
 * With these characters the order of strings, of UTF-8 bytes and of every back end is one order, keys can be logged,
 * and every service accepts them. `@foretile/keyspace` escapes anything else. Mint one with {@link toKey}.
 */
export type Key = string & { readonly __key: unique symbol };

const pattern = /^[\x21-\x7e]+$/;

/**
 * Checks and brands a key.
 *
 * @throws {StorageError} `invalid-argument` for an empty key or other characters, `too-large` over the limit
 */
export function toKey(text: string): Key {
  if (text.length > MAX_KEY_BYTES) {
    throw new StorageError("too-large", `key is too long limit=${MAX_KEY_BYTES}`, {
      details: { length: text.length, start: text.slice(0, 40) },
    });
  }
  if (!pattern.test(text)) {
    throw new StorageError(
      "invalid-argument",
      `key must be printable ASCII without spaces key=${JSON.stringify(text)}`,
    );
  }
  return text as Key;
}

/**
 * A contiguous piece of the key space, half-open: `gte` ≤ key < `lt`. A missing end is open.
 * `gte` ≥ `lt` is an empty range, not an error. Ends need not be keys: any text of the characters 0x20 to 0x7f, at
 * most {@link MAX_KEY_BYTES} + 1 long, so that there is an end just above and just below every key.
 */
export interface KeyRange {
  readonly gte?: string;
  readonly lt?: string;
}

/** `true` when `key` lies in `range`. */
export function inKeyRange(key: string, range: KeyRange): boolean {
  return (
    (range.gte === undefined || key >= range.gte) && (range.lt === undefined || key < range.lt)
  );
}

/** The range of all keys that start with `prefix` (which may be empty: every key). */
export function prefixRange(prefix: string): KeyRange {
  // 0x7f is one above the highest character of a key.
  return prefix === "" ? {} : { gte: prefix, lt: `${prefix}\x7f` };
}
