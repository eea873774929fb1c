/** A block joins what follows it when it is less than this many times as long. */
const JOIN_RATIO = 4;

/**
 * Which blocks at the end of a value join new rows in one block.
 *
 * Small blocks are merged like carries in a counter of base four, so that n appends of one row leave at most
 * log4(n) + 1 small blocks, and each row is stored about 2 · log4(n) times. Blocks of half a full block and more are
 * left alone.
 *
 * @param blocks lengths of the blocks in rows
 * @param newRows how many rows follow them
 * @returns how many of the last blocks
 */
export function countJoined(
  blocks: readonly { readonly rows: number }[],
  newRows: number,
  rowsPerBlock: number,
): number {
  let total = newRows;
  let joined = 0;
  while (joined < blocks.length && isSmall(total, rowsPerBlock)) {
    const rows = blocks.at(-1 - joined)?.rows ?? 0;
    if (!isSmall(rows, rowsPerBlock) || rows >= JOIN_RATIO * total) break;
    total += rows;
    joined += 1;
  }
  return newRows === 0 ? 0 : joined;
}

/** How many blocks at the end are small. */
export function countSmall(
  blocks: readonly { readonly rows: number }[],
  rowsPerBlock: number,
): number {
  const last = blocks.findLastIndex(({ rows }) => !isSmall(rows, rowsPerBlock));
  return blocks.length - 1 - last;
}

/** Whether so many rows are less than half a full block. */
export function isSmall(rows: number, rowsPerBlock: number): boolean {
  return rows * 2 < rowsPerBlock;
}
