import { decodeCanonical, encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { VersionStoreError } from "../version-store-error.ts";

/** Largest metadata in bytes: every look at a version reads it. */
const MAX_METADATA_BYTES = 1024 * 1024;

/**
 * Takes metadata as it is now.
 *
 * @returns a copy that later changes by the caller do not reach; `undefined` for `undefined`
 * @throws {VersionStoreError} `invalid-argument` for what has no encoding, such as a cycle, or is too large
 */
export function checkMetadata(metadata: DocumentValue | undefined): DocumentValue | undefined {
  if (metadata === undefined) return undefined;
  const bytes = encoded(metadata);
  if (bytes.length > MAX_METADATA_BYTES) {
    throw new VersionStoreError(
      "invalid-argument",
      `metadata is too large, store it as a value of its own limit=${MAX_METADATA_BYTES} found=${bytes.length}`,
    );
  }
  return decodeCanonical(bytes, { maxBytes: MAX_METADATA_BYTES });
}

function encoded(metadata: DocumentValue): Uint8Array {
  try {
    return encodeCanonical(metadata);
  } catch (cause) {
    throw new VersionStoreError(
      "invalid-argument",
      "metadata has no encoding: use null, booleans, numbers, text, bytes, lists and plain objects",
      { cause },
    );
  }
}
