import type { RowRange } from "../value/row-range.ts";

/** Some rows of a value, on their way into a block. */
export interface Span {
  readonly value: unknown;
  readonly rows: RowRange;
}

export function rowsOfSpans(spans: readonly Span[]): number {
  return spans.reduce((sum, { rows }) => sum + rows.to - rows.from, 0);
}

/** Cuts rows that follow each other into pieces of `pieceRows` rows; the last one has what is left. */
export function cutSpans(spans: readonly Span[], pieceRows: number): Span[][] {
  const pieces: Span[][] = [];
  let room = 0;
  for (const { value, rows } of spans) {
    let { from } = rows;
    while (from < rows.to) {
      if (room === 0) {
        pieces.push([]);
        room = pieceRows;
      }
      const to = Math.min(rows.to, from + room);
      pieces.at(-1)?.push({ value, rows: { from, to } });
      room -= to - from;
      from = to;
    }
  }
  return pieces;
}

/** Cuts rows into as few pieces of at most `maxRows` rows as possible, all of about the same length. */
export function cutEvenly(spans: readonly Span[], maxRows: number): Span[][] {
  const rows = rowsOfSpans(spans);
  if (rows === 0) return [];
  return cutSpans(spans, Math.ceil(rows / Math.ceil(rows / maxRows)));
}
