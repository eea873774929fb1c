import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { readBlocks } from "../content/read-blocks.ts";
import type { RowwiseOperations } from "../handler/rowwise-operations.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { boundsMeet, type IndexBounds } from "../value/index-bounds.ts";
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

/**
 * The cuts of a change that replaces the rows whose index is within bounds, wherever they are. New rows go before the
 * first row that is within the bounds or after them. Only the index of blocks that are partly within is read.
 */
export async function cutsByIndex(
  context: LibraryContext,
  { handler, form, blocks }: Content,
  rowwise: RowwiseOperations<unknown>,
  bounds: IndexBounds,
  options?: CallOptions,
): Promise<BlockCut[]> {
  const notBefore: IndexBounds = { ...bounds, to: undefined };
  const lanes = new Set(rowwise.lanesFor(form, { columns: [] }));
  const cuts: BlockCut[] = [];
  let isPlaced = false;
  for (const block of blocks) {
    const relation = relate(block, bounds, notBefore);
    if (relation === "before") {
      cuts.push({ block, removed: [] });
      continue;
    }
    if (relation !== "partly") {
      const removed = relation === "within" ? [{ from: 0, to: block.rows }] : [];
      cuts.push({ block, removed, insertAt: isPlaced ? undefined : 0 });
      isPlaced = true;
      continue;
    }
    for await (const read of readBlocks(context, [{ block }], lanes, options)) {
      const index = handler.assemble(form, [read], { columns: [] });
      const first = rowwise.rowsWithin(index, notBefore)[0]?.from;
      cuts.push({
        block,
        removed: rowwise.rowsWithin(index, bounds),
        insertAt: isPlaced ? undefined : first,
      });
      isPlaced ||= first !== undefined;
    }
  }
  return cuts;
}

type Relation = "before" | "after" | "within" | "partly";

function relate({ index }: Block, bounds: IndexBounds, notBefore: IndexBounds): Relation {
  if (index === undefined) return "partly";
  const { min, max } = index;
  const least = { min, max: min };
  const greatest = { min: max, max };
  if (!boundsMeet(notBefore, greatest)) return "before";
  if (boundsMeet(bounds, least) && boundsMeet(bounds, greatest)) return "within";
  // All rows come after the range when the least does, and the least is not in it.
  if (boundsMeet(notBefore, least) && !boundsMeet(bounds, least)) return "after";
  return "partly";
}
