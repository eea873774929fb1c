import { HASH_BYTES, type Checksum } from "@foretile/codecs";
import { equalBytes } from "../document/content-hash.ts";
import { VersionStoreError } from "../version-store-error.ts";
import {
  alignUp,
  FOOTER_BYTES,
  FOOTER_COUNT_AT,
  FOOTER_HASH_AT,
  FOOTER_VERSION_AT,
  INDEX_ENTRY_BYTES,
  PACK_MAGIC,
  PACK_VERSION,
} from "./pack-layout.ts";

/** What a pack says of one segment in it. */
export interface PackedSegment {
  readonly offset: number;
  readonly length: number;
  /** XXH3-128 of the segment's bytes, 16 bytes. */
  readonly hash: Uint8Array;
}

/**
 * Reads the index of a pack, so that its segments can be checked or saved without any manifest.
 *
 * @param pack the whole pack
 * @returns its segments in order of their offsets
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export function readPackIndex(checksum: Checksum, pack: Uint8Array): readonly PackedSegment[] {
  return readIndexAtEnd(checksum, pack, 0);
}

/** Bytes of the index and the footer that a pack ends with, by what its footer says; checks nothing. */
export function indexBytesOf(pack: Uint8Array): number {
  const countAt = pack.length - FOOTER_BYTES + FOOTER_COUNT_AT;
  if (countAt < 0) return FOOTER_BYTES;
  const view = new DataView(pack.buffer, pack.byteOffset, pack.length);
  return Number(view.getBigUint64(countAt, true)) * INDEX_ENTRY_BYTES + FOOTER_BYTES;
}

/**
 * As {@link readPackIndex}, from the end of a pack.
 *
 * @param pack its last bytes
 * @param startsAt where in the pack they start
 */
export function readIndexAtEnd(
  checksum: Checksum,
  pack: Uint8Array,
  startsAt: number,
): readonly PackedSegment[] {
  const footerAt = pack.length - FOOTER_BYTES;
  if (footerAt < 0) throw damaged(`pack is cut off length=${startsAt + pack.length}`);
  for (let index = 0; index < PACK_MAGIC.length; index += 1) {
    if (pack[footerAt + index] !== PACK_MAGIC.charCodeAt(index)) {
      throw damaged("pack has no footer");
    }
  }
  const view = new DataView(pack.buffer, pack.byteOffset, pack.length);
  // Before the hash, which another version may have elsewhere.
  const version = view.getUint16(footerAt + FOOTER_VERSION_AT, true);
  if (version === 0) throw damaged("pack has no version");
  if (version > PACK_VERSION) {
    throw new VersionStoreError(
      "format-too-new",
      `pack was written by a newer release; upgrade @foretile/version-store found=${version} reads=${PACK_VERSION}`,
      { details: { found: version, reads: PACK_VERSION } },
    );
  }
  const count = Number(view.getBigUint64(footerAt + FOOTER_COUNT_AT, true));
  const indexAt = footerAt - count * INDEX_ENTRY_BYTES;
  if (!(indexAt >= 0)) throw damaged(`pack has no room for its index count=${count}`);
  const hashAt = footerAt + FOOTER_HASH_AT;
  const hash = checksum.hash128(pack.subarray(indexAt, hashAt));
  if (!equalBytes(hash, pack.subarray(hashAt, hashAt + HASH_BYTES))) {
    throw damaged("index of the pack does not match its hash");
  }
  let end = 0;
  return Array.from({ length: count }, (_, index): PackedSegment => {
    const at = indexAt + index * INDEX_ENTRY_BYTES;
    const offset = Number(view.getBigUint64(at, true));
    const length = Number(view.getBigUint64(at + 8, true));
    if (offset !== alignUp(end) || offset + length > startsAt + indexAt) {
      throw damaged(`index of the pack contradicts itself index=${index}`);
    }
    end = offset + length;
    return { offset, length, hash: pack.slice(at + 16, at + INDEX_ENTRY_BYTES) };
  });
}

/**
 * Checks a pack by itself: its index, and every segment against it.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export function verifyPack(checksum: Checksum, pack: Uint8Array): void {
  for (const { offset, length, hash } of readPackIndex(checksum, pack)) {
    const segment = pack.subarray(offset, offset + length);
    if (equalBytes(checksum.hash128(segment), hash)) continue;
    throw damaged(`segment in the pack does not match its hash offset=${offset} length=${length}`);
  }
}

function damaged(message: string): VersionStoreError {
  return new VersionStoreError("data-integrity", message);
}
