/** Most bytes of a trace's id, and of the text form of its options. */
export const MAX_ID_BYTES = 4096;

/** Positions of a tile unless a set was made with another number. */
export const DEFAULT_TILE_SIZE = 256;

export const MAX_TILE_SIZE = 4096;

/** Tiles count from 0 to this, so that their keys have ten digits and every position is a safe integer. */
export const MAX_TILE: number = 2 ** 31 - 1;

/** Most traces, and most entries, of one append. */
export const MAX_APPEND_TRACES: number = 2 ** 20;

/** Most bytes of the values of one append. */
export const MAX_APPEND_BYTES: number = 64 * 1024 * 1024;

/** Most traces of a tile. */
export const MAX_TABLE_ROWS: number = 2 ** 24;
