/*
 * Where a store keeps what is not rows of its caller. Part of the format: see docs/formats/bigtable-layout-v1.md.
 */

/** Family of records in the table of refs. */
export const REF_FAMILY = "r";
/** Family of the marker in the table of refs. */
export const MARKER_FAMILY = "m";
/** Family of lengths in the table of blobs. */
export const LENGTH_FAMILY = "l";
/** Family of pieces in the table of blobs. */
export const PIECE_FAMILY = "p";

/** Bytes of every piece of a blob but the last. */
export const PIECE_BYTES: number = 1024 * 1024;
