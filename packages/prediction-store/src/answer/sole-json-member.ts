import {
  CLOSE_BRACE,
  lastByteAt,
  OPEN_BRACE,
  skipName,
  skipString,
  skipWhitespace,
} from "./json-scan.ts";

/** Longest name of a sole member, in bytes with its quotes. */
const MAX_NAME_BYTES = 64;

const decoder = new TextDecoder();

/** The one member of an object, its value not read yet. */
export interface SoleJsonMember {
  /** As it stands between the quotes, escapes not resolved. */
  readonly name: string;
  /** What stands between the colon and the closing brace, a view of the bytes that were read. */
  readonly value: Uint8Array;
}

/**
 * Opens an object of one member without looking into it: `{"response":{…}}`, a line of a writer's input. Whether the value
 * is one value, and the line thereby one of one member, is for its reader to see.
 *
 * @returns `undefined` when the bytes do not open and close like such an object
 */
export function soleJsonMember(bytes: Uint8Array): SoleJsonMember | undefined {
  const start = skipWhitespace(bytes, 0);
  const end = lastByteAt(bytes);
  if (bytes[start] !== OPEN_BRACE || bytes[end] !== CLOSE_BRACE) return undefined;
  const nameAt = skipWhitespace(bytes, start + 1);
  const valueAt = skipName(bytes, nameAt);
  const nameEnd = skipString(bytes, nameAt);
  if (valueAt < 0 || valueAt >= end || nameEnd - nameAt > MAX_NAME_BYTES) return undefined;
  return {
    name: decoder.decode(bytes.subarray(nameAt + 1, nameEnd - 1)),
    value: bytes.subarray(valueAt, end),
  };
}
