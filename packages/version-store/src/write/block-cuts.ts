import type { Block } from "../content/block.ts";
import type { RowRange } from "../value/row-range.ts";

/** What a change takes out of one block, and whether it puts something in. Rows count from the block's first. */
export interface BlockCut {
  readonly block: Block;
  /** Ascending. */
  readonly removed: readonly RowRange[];
  /** Before which row the new rows go; absent where they do not go into this block. */
  readonly insertAt?: number | undefined;
}

/** The cuts of a change that replaces rows by number. New rows go where the first of them was. */
export function cutsByRows(blocks: readonly Block[], { from, to }: RowRange): BlockCut[] {
  let start = 0;
  let isPlaced = false;
  return blocks.map((block) => {
    const end = start + block.rows;
    const rows = { from: Math.max(from, start) - start, to: Math.min(to, end) - start };
    const isHere = !isPlaced && from < end;
    const cut: BlockCut = {
      block,
      removed: rows.from < rows.to ? [rows] : [],
      insertAt: isHere ? from - start : undefined,
    };
    isPlaced ||= isHere;
    start = end;
    return cut;
  });
}
