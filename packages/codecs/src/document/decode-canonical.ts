import { CodecError } from "../codec-error.ts";
import { CanonicalReader } from "./canonical-reader.ts";
import type { DocumentValue } from "./document-value.ts";
import { scanMsgpack } from "./scan-msgpack.ts";

export interface DecodeCanonicalOptions {
  /** Most bytes to look at; more is refused unread. */
  readonly maxBytes: number;
}

/**
 * Reads what `encodeCanonical` wrote, and nothing else: writing the value again gives the same bytes.
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
  return new CanonicalReader(bytes).value();
}
