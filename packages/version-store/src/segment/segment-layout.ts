/**
 * Places and bounds of a segment. docs/formats/segment-v1.md has them as a table.
 */
export const SEGMENT_MAGIC = "FTSG";
export const SEGMENT_VERSION = 1;

export const VERSION_AT = 4;
export const HEADER_LENGTH_AT = 6;
export const HEADER_AT = 8;

/** Most parts of a segment: their header then stays within the 16 bits of its length. */
export const MAX_PARTS = 4096;

/** Most raw bytes of a segment unless a codec is told otherwise: 256 MiB. */
export const DEFAULT_MAX_RAW_BYTES: number = 256 * 1024 * 1024;

const FIXED_BYTES = 384;
const PART_BYTES = 32;

/** The next multiple of 16. */
export function aligned(length: number): number {
  return Math.ceil(length / 16) * 16;
}

/**
 * Most bytes of a segment: what its parts hold, at most 32 for each part (its description and padding), and 384.
 *
 * @param rawBytes of all parts together
 */
export function segmentBytesBound(rawBytes: number, parts: number): number {
  return rawBytes + PART_BYTES * parts + FIXED_BYTES;
}
