import type { CheckedQuery } from "../query/match-rows.ts";
import { checkQuery, matchRows } from "../query/match-rows.ts";
import type { TileView } from "../tile/tile-view.ts";
import type { TraceSelection } from "./read-options.ts";

/** Which traces are wanted, checked once for any number of tiles. */
export interface CheckedSelection {
  readonly query: CheckedQuery;
  readonly ids: readonly string[] | undefined;
}

/** @throws {TraceStoreError} `invalid-query` */
export function checkSelection({ where = {}, ids }: TraceSelection): CheckedSelection {
  return { query: checkQuery(where), ids: ids && [...ids] };
}

/**
 * The rows of a tile's table that are wanted, ascending, whether or not they have points; `undefined`: all of them.
 */
export function wantedRows(
  { table }: TileView,
  { query, ids }: CheckedSelection,
): Uint32Array | undefined {
  const matching = query.length > 0 ? matchRows(table, query) : undefined;
  if (ids === undefined) return matching;
  const found = new Set(table.rowsOf(ids).filter((row) => row !== undefined));
  const named = Uint32Array.from(found).sort();
  return matching === undefined ? named : both(matching, named);
}

function both(left: Uint32Array, right: Uint32Array): Uint32Array {
  const rows = new Uint32Array(Math.min(left.length, right.length));
  let count = 0;
  let at = 0;
  for (const row of left) {
    while (at < right.length && (right[at] as number) < row) at += 1;
    if (right[at] !== row) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}
