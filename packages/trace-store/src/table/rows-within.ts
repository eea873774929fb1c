import type { TraceTable } from "./trace-table.ts";

/** A row is looked up rather than walked to when the other table has so many times the rows. */
const SPARSE = 16;

/** Where all rows of a table are in another one; `undefined` when it lacks one of them. */
export function rowsWithin(own: TraceTable, table: TraceTable): Uint32Array | undefined {
  if (own.rows > table.rows) return undefined;
  const rows = new Uint32Array(own.rows);
  if (own.rows * SPARSE < table.rows) {
    for (const [row, place] of table.rowsOf(own.ids).entries()) {
      if (place === undefined) return undefined;
      rows[row] = place;
    }
    return rows;
  }
  let at = 0;
  for (const [row, id] of own.ids.entries()) {
    while (at < table.rows && (table.ids[at] as string) < id) at += 1;
    if (table.ids[at] !== id) return undefined;
    rows[row] = at;
  }
  return rows;
}
