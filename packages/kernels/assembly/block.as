/** Values of a block: 32 rows of four. */
export const BLOCK_VALUES: u32 = 128;

/** Bytes of a block that is not packed. */
export const BLOCK_BYTES: usize = 512;
