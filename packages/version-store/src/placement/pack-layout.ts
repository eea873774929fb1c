import { HASH_BYTES } from "@foretile/codecs";

/*
 * A pack, as docs/formats/pack-v1.md describes it: segments, index, footer.
 */

export const PACK_MAGIC = "FTPK";

export const PACK_VERSION = 1;

/** Segments start at multiples of this, so that their parts can be read where they lie. */
const PACK_ALIGNMENT = 16;

/** Offset and length, each u64, and a hash. */
export const INDEX_ENTRY_BYTES: number = 8 + 8 + HASH_BYTES;

/** Magic, version and zeros; the count as u64; the hash of the index and of what is before it in the footer. */
export const FOOTER_BYTES: number = 4 + 2 + 2 + 8 + HASH_BYTES;

/** Where in the footer its fields are. */
export const FOOTER_VERSION_AT = 4;
export const FOOTER_COUNT_AT = 8;
export const FOOTER_HASH_AT = 16;

/** The least size that makes sense to ask for. */
export const MIN_PACK_BYTES = 4096;

/** The largest: a pack is in memory while it is made. */
export const MAX_PACK_BYTES: number = 2 ** 30;

/** The next multiple of the alignment. */
export function alignUp(offset: number): number {
  return Math.ceil(offset / PACK_ALIGNMENT) * PACK_ALIGNMENT;
}

/** Bytes of a pack whose segments take `dataBytes`, up to the end of the last one. */
export function packBytesOf(dataBytes: number, count: number): number {
  return alignUp(dataBytes) + count * INDEX_ENTRY_BYTES + FOOTER_BYTES;
}
