import type { Block } from "../content/block.ts";
import type { RowRange } from "../value/row-range.ts";
import type { BlockCut } from "./block-cuts.ts";

/**
 * What a changed value consists of, in row order: blocks as they are, rows that are left of blocks, and the new rows.
 */
export type SpliceItem =
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "rest"; readonly block: Block; readonly rows: RowRange }
  | { readonly kind: "incoming" };

/** @param hasIncoming whether there are new rows */
export function planSplice(cuts: readonly BlockCut[], hasIncoming: boolean): SpliceItem[] {
  const items: SpliceItem[] = [];
  let isPlaced = !hasIncoming;
  const place = (): void => {
    if (!isPlaced) items.push({ kind: "incoming" });
    isPlaced = true;
  };
  for (const { block, removed, insertAt = Infinity } of cuts) {
    if (insertAt === 0) place();
    const isSplit = !isPlaced && insertAt < block.rows;
    if (removed.length === 0 && !isSplit) {
      items.push({ kind: "block", block });
      continue;
    }
    const kept = complementOf(removed, block.rows);
    for (const rows of isSplit ? splitAt(kept, insertAt) : kept) {
      if (rows.from >= insertAt) place();
      items.push({ kind: "rest", block, rows });
    }
    if (insertAt < block.rows) place();
  }
  place();
  return items;
}

/** Where in the whole value a change takes place: the rows that go with those between them, and where new ones come. */
export function extentOf(cuts: readonly BlockCut[], hasIncoming: boolean): RowRange {
  let start = 0;
  let first: number | undefined;
  let to = 0;
  for (const { block, removed, insertAt } of cuts) {
    const [range] = removed;
    const touched = Math.min(
      range?.from ?? Infinity,
      hasIncoming ? (insertAt ?? Infinity) : Infinity,
    );
    if (touched < Infinity) first ??= start + touched;
    const last = removed.at(-1);
    if (last !== undefined) to = start + last.to;
    start += block.rows;
  }
  const from = first ?? start;
  return { from, to: Math.max(from, to) };
}

function complementOf(removed: readonly RowRange[], rows: number): RowRange[] {
  const kept: RowRange[] = [];
  let from = 0;
  for (const range of [...removed, { from: rows, to: rows }]) {
    if (from < range.from) kept.push({ from, to: range.from });
    from = range.to;
  }
  return kept;
}

function splitAt(ranges: readonly RowRange[], row: number): RowRange[] {
  return ranges.flatMap(({ from, to }) =>
    from < row && row < to
      ? [
          { from, to: row },
          { from: row, to },
        ]
      : [{ from, to }],
  );
}
