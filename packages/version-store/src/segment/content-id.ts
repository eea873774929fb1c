import { createHash } from "node:crypto";
import { encodeCanonical } from "@foretile/codecs/msgpack";
import type { Part } from "./part.ts";

/** Bytes of a {@link contentId}. */
export const CONTENT_ID_BYTES = 16;

/**
 * Names what parts contain, whatever codecs store them: the first 16 bytes of the SHA-256 over the canonical msgpack
 * list of `[element bytes, length in bytes]` of each part, then the bytes of all parts. Equal ids mean equal element
 * sizes and equal bytes. Strong, because equal ids make two versions share a segment.
 *
 * @returns 16 fresh bytes
 */
export function contentId(parts: readonly Part[]): Uint8Array {
  const description = parts.map(({ bytes, elementBytes }) => [elementBytes, bytes.length]);
  const hash = createHash("sha256").update(encodeCanonical(description));
  for (const { bytes } of parts) hash.update(bytes);
  return new Uint8Array(hash.digest().subarray(0, CONTENT_ID_BYTES));
}
