import { CodecError } from "./codec-error.ts";

/** Most bytes of one varint: 53 bits in groups of 7. */
export const MAX_VARINT_BYTES = 8;

const GROUP = 0x80;

/**
 * How many bytes `value` takes as a varint: 1 to {@link MAX_VARINT_BYTES}.
 *
 * @param value an integer in [0, 2^53)
 * @throws {CodecError} `invalid-argument` for anything else
 */
export function varintBytes(value: number): number {
  requireUnsigned(value);
  let count = 1;
  for (let rest = value; rest >= GROUP; rest = Math.floor(rest / GROUP)) count += 1;
  return count;
}

/**
 * Writes an unsigned LEB128 number: groups of 7 bits, lowest first, the top bit set on all but the last.
 *
 * @param value an integer in [0, 2^53)
 * @returns the offset after the last byte written
 * @throws {CodecError} `invalid-argument` for another value, or when `target` has no room at `offset`; nothing is
 *   written then
 */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  const end = offset + varintBytes(value);
  if (!(offset >= 0 && end <= target.length)) {
    throw new CodecError(
      "invalid-argument",
      `no room for a varint offset=${offset} length=${target.length}`,
    );
  }
  let rest = value;
  for (let at = offset; at < end - 1; at += 1) {
    target[at] = (rest % GROUP) + GROUP;
    rest = Math.floor(rest / GROUP);
  }
  target[end - 1] = rest;
  return end;
}

/**
 * Reads what {@link writeVarint} wrote. Only the shortest form is accepted, so the next offset is
 * `offset + varintBytes(value)`.
 *
 * @throws {CodecError} `truncated` when the bytes end inside the number, `too-large` for 2^53 and above,
 *   `not-canonical` for a longer form than needed
 */
export function readVarint(bytes: Uint8Array, offset: number): number {
  let value = 0;
  let scale = 1;
  for (let count = 0; count < MAX_VARINT_BYTES; count += 1) {
    const byte = bytes[offset + count];
    if (byte === undefined) {
      throw new CodecError("truncated", `varint is cut off offset=${offset}`, {
        details: { neededBytes: offset + count + 1 },
      });
    }
    if (byte < GROUP) {
      value += byte * scale;
      if (byte === 0 && count > 0) {
        throw new CodecError("not-canonical", `varint is longer than needed offset=${offset}`);
      }
      if (value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    value += (byte - GROUP) * scale;
    scale *= GROUP;
  }
  throw new CodecError("too-large", `varint is 2^53 or more offset=${offset}`);
}

function requireUnsigned(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CodecError(
      "invalid-argument",
      `varint must be an integer in [0, 2^53) found=${value}`,
    );
  }
}
