import type { Cell, Key, KeyRange, Row, RowFilter } from "@foretile/storage";
import { filterCells, liveCells } from "@foretile/storage/adapter";

import { namesBounds, parseCellKey } from "./cell-key.ts";
import { copyValue, type BytesDatabase } from "./database.ts";
import type { Families } from "./families.ts";
import { keyBytes, type ScanBounds } from "./key-bytes.ts";
import type { ScanStep } from "./scan.ts";

const notLoaded = new Uint8Array(0);

/** A cell of which only the key was read. */
interface FoundCell extends Cell {
  readonly name: Uint8Array;
}

/** The bounds of the rows of a range; `undefined` when it holds none. */
export function rowBounds(table: string, { gte, lt }: KeyRange): ScanBounds | undefined {
  if (lt === "" || (gte !== undefined && lt !== undefined && gte >= lt)) return undefined;
  const all = namesBounds(table);
  return {
    start: gte === undefined ? all.start : keyBytes(`${table}\0${gte}`),
    end: lt === undefined ? all.end : keyBytes(`${table}\0${lt}`),
  };
}

/** What decides which cells of a row are seen. */
export interface RowView {
  readonly families: Families;
  readonly filter: RowFilter | undefined;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: number;
}

/**
 * The next rows of a table, at most `limit`, each whole: call it on one snapshot. Values are read only for cells that
 * are returned.
 */
export function readRows(
  cells: BytesDatabase,
  table: string,
  bounds: ScanBounds,
  limit: number,
  view: RowView,
): ScanStep<Row> {
  const found: Row[] = [];
  let row = "";
  let current: FoundCell[] = [];

  function finishRow(): void {
    const live = liveCells(current, view.families, view.nowMs);
    const seen = filterCells(live, view.filter) as readonly FoundCell[];
    current = [];
    if (seen.length > 0)
      found.push({ key: row as Key, cells: seen.map((cell) => loaded(cells, cell)) });
  }

  for (const name of cells.getKeys({ ...bounds })) {
    const { row: next, family, qualifier, timestampMicros } = parseCellKey(name);
    if (next !== row) {
      finishRow();
      if (found.length === limit) return { found, last: afterRow(table, row) };
      row = next;
    }
    current.push({ family, qualifier, timestampMicros, value: notLoaded, name });
  }
  finishRow();
  return { found, last: undefined };
}

/** Above every cell of the row and below the next row. */
function afterRow(table: string, row: string): Uint8Array {
  return namesBounds(table, row).end;
}

function loaded(cells: BytesDatabase, found: FoundCell): Cell {
  const { name, ...cell } = found;
  return { ...cell, value: copyValue(cells, name) ?? notLoaded };
}
