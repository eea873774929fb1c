import { Unpackr } from "msgpackr/unpack";

import { CodecError } from "../codec-error.ts";
import { equalBytes } from "../equal-bytes.ts";
import type { DocumentValue } from "./document-value.ts";
import { encodeCanonical } from "./encode-canonical.ts";
import { scanMsgpack } from "./scan-msgpack.ts";

export interface DecodeCanonicalOptions {
  /** Most bytes to look at; more is refused unread. */
  readonly maxBytes: number;
}

// Maps, because plain objects would rename `__proto__`; copies, because the result belongs to the caller.
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false, copyBuffers: true });

/**
 * Reads what `encodeCanonical` wrote, and nothing else: the value is written again and must give the same bytes.
 *
 * @param bytes exactly one value, at any alignment
 * @returns a value that shares no memory with `bytes`
 * @throws {CodecError} `too-large`, `truncated`, `not-canonical`
 */
export function decodeCanonical(
  bytes: Uint8Array,
  { maxBytes }: DecodeCanonicalOptions,
): DocumentValue {
  if (bytes.length > maxBytes) {
    throw new CodecError(
      "too-large",
      `document is over the limit limit=${maxBytes} found=${bytes.length}`,
      { details: { limit: maxBytes, found: bytes.length } },
    );
  }
  scanMsgpack(bytes);
  // A view of its own: the decoder leaves a property on the array it reads.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = toDocumentValue(unpackr.unpack(view));
  if (!isEncodingOf(value, bytes)) {
    throw new CodecError("not-canonical", "document has another encoding than the canonical one");
  }
  return value;
}

/** msgpackr's maps to objects, and its bigints to numbers where they are safe. */
function toDocumentValue(value: unknown): DocumentValue {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(toDocumentValue);
  if (!(value instanceof Map)) return value as DocumentValue;
  const entries = [...(value as Map<string, unknown>)];
  return Object.fromEntries(entries.map(([key, item]) => [key, toDocumentValue(item)]));
}

function isEncodingOf(value: DocumentValue, bytes: Uint8Array): boolean {
  try {
    return equalBytes(encodeCanonical(value), bytes);
  } catch (error) {
    throw new CodecError("not-canonical", "document holds a value that has no encoding", {
      cause: error,
    });
  }
}
