import type { TableContent } from "./trace-table.ts";

/** The pairs of all rows, one row after the other. */
export interface RowPairs {
  /** Where the pairs of each row begin; one more for the end. */
  readonly starts: Uint32Array;
  /** Of each row, ascending, which is in order of their keys. */
  readonly pairs: Uint32Array;
}

/** The rows of a pair, from its posting. The content was checked when it was read. */
export function readPosting(
  { postings, postingStarts, postingRows }: TableContent,
  pair: number,
): Uint32Array {
  const rows = new Uint32Array(postingRows[pair] as number);
  readRows(postings, postingStarts[pair] as number, rows);
  return rows;
}

/** From the rows of each pair to the pairs of each row. */
export function transpose({ rows, values, postings, postingRows }: TableContent): RowPairs {
  const total = postingRows.reduce((sum, count) => sum + count, 0);
  // One list after the other, so that a million short ones need no memory of their own.
  const lists = new Uint32Array(total);
  let first = 0;
  let offset = 0;
  for (let pair = 0; pair < values.length; pair += 1) {
    const end = first + (postingRows[pair] as number);
    offset = readRows(postings, offset, lists, first, end);
    first = end;
  }
  const starts = new Uint32Array(rows + 1);
  for (const row of lists) starts[row + 1] = (starts[row + 1] as number) + 1;
  for (let row = 0; row < rows; row += 1) {
    starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number);
  }
  const next = starts.slice(0, rows);
  const pairs = new Uint32Array(total);
  let at = 0;
  for (let pair = 0; pair < values.length; pair += 1) {
    const end = at + (postingRows[pair] as number);
    for (; at < end; at += 1) {
      const row = lists[at] as number;
      const place = next[row] as number;
      pairs[place] = pair;
      next[row] = place + 1;
    }
  }
  return { starts, pairs };
}

/** @returns where the next posting begins */
function readRows(
  postings: Uint8Array,
  offset: number,
  target: Uint32Array,
  first = 0,
  end: number = target.length,
): number {
  let at = offset;
  let row = 0;
  for (let index = first; index < end; index += 1) {
    let byte = postings[at] as number;
    let step = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      at += 1;
      byte = postings[at] as number;
      step |= (byte & 0x7f) << shift;
    }
    at += 1;
    row += step;
    target[index] = row;
  }
  return at;
}
