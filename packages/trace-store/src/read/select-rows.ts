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
 * The rows that are wanted of those that are in the tile, ascending.
 *
 * @param live ascending
 */
export function selectRows(
  { table }: TileView,
  live: Uint32Array,
  { query, ids }: CheckedSelection,
): Uint32Array {
  let rows = live;
  if (query.length > 0) rows = both(rows, matchRows(table, query));
  if (ids === undefined) return rows;
  const found = new Set<number>();
  for (const id of ids) {
    const row = table.rowOf(id);
    if (row !== undefined) found.add(row);
  }
  return both(rows, Uint32Array.from(found).sort());
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
