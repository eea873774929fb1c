import { HASH_BYTES } from "../checksum.ts";

/**
 * Places of the header's fields. docs/formats/tile-frame-v1.md has them as a table.
 */
export const FRAME_MAGIC = "FTTF";
export const FRAME_VERSION = 1;
/** The only element type so far: IEEE 754 binary32. */
export const ELEMENT_FLOAT32 = 1;

export const VERSION_AT = 4;
export const MODE_AT = 6;
export const ELEMENT_TYPE_AT = 7;
export const SIMULATIONS_AT = 8;
export const STEPS_AT = 12;
export const PANEL_STEPS_AT = 16;
export const FIRST_PANEL_AT = 20;
export const PANEL_COUNT_AT = 24;
export const DIRECTORY_AT = 28;
/** A directory entry: uint32 byte length, then the hash. */
export const DIRECTORY_ENTRY_BYTES: number = 4 + HASH_BYTES;

/** Bytes of the header of a frame of `count` panels: directory, zeros up to a multiple of 16, hash. */
export function headerBytesFor(count: number): number {
  return Math.ceil((DIRECTORY_AT + count * DIRECTORY_ENTRY_BYTES + HASH_BYTES) / 16) * 16;
}
