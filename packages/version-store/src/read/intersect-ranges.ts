import type { RowRange } from "../value/row-range.ts";

/** What of ascending ranges lies within one range. */
export function intersectRanges(ranges: readonly RowRange[], { from, to }: RowRange): RowRange[] {
  return ranges.flatMap((range) => {
    const common = { from: Math.max(range.from, from), to: Math.min(range.to, to) };
    return common.from < common.to ? [common] : [];
  });
}
