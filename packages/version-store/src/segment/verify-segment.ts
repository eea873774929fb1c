import { HASH_BYTES, type Checksum } from "@foretile/codecs";
import { equalBytes } from "../document/content-hash.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { HEADER_AT, SEGMENT_MAGIC, SEGMENT_VERSION, VERSION_AT } from "./segment-layout.ts";

/**
 * Checks magic, version and hash.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export function verifySegment(
  checksum: Checksum,
  bytes: Uint8Array,
  expectedHash: Uint8Array,
): void {
  for (let index = 0; index < SEGMENT_MAGIC.length; index += 1) {
    if (bytes[index] !== SEGMENT_MAGIC.charCodeAt(index)) throw damaged("bytes are no segment");
  }
  if (bytes.length < HEADER_AT + HASH_BYTES) {
    throw damaged(`segment is cut off length=${bytes.length}`);
  }
  // Before the hash, which another version may have elsewhere.
  const version = new DataView(bytes.buffer, bytes.byteOffset, HEADER_AT).getUint16(
    VERSION_AT,
    true,
  );
  if (version === 0) throw damaged("segment has no version");
  if (version > SEGMENT_VERSION) {
    throw new VersionStoreError(
      "format-too-new",
      `segment was written by a newer release; upgrade @foretile/version-store found=${version} reads=${SEGMENT_VERSION}`,
      { details: { found: version, reads: SEGMENT_VERSION } },
    );
  }
  const hashAt = bytes.length - HASH_BYTES;
  const hash = checksum.hash128(bytes.subarray(0, hashAt));
  if (!equalBytes(hash, bytes.subarray(hashAt))) throw damaged("segment does not match its hash");
  if (!equalBytes(hash, expectedHash)) {
    throw damaged("segment is sound, but not the one that should be here");
  }
}

function damaged(message: string): VersionStoreError {
  return new VersionStoreError("data-integrity", message);
}
