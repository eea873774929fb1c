import type { Cell, CellMutation, RowPredicate } from "@foretile/storage";
import { applyMutations, liveCells } from "@foretile/storage/adapter";

import { cellKey, namesBounds, parseCellKey } from "./cell-key.ts";
import { borrowValue, writable, type BytesDatabase } from "./database.ts";
import type { Families } from "./families.ts";
import type { ScanBounds } from "./key-bytes.ts";

/** A cell that is in the database. Its value is not loaded. */
interface StoredCell extends Cell {
  readonly name: Uint8Array;
}

const notLoaded = new Uint8Array(0);

/** One table as a write transaction sees it. */
export interface RowWriter {
  /** Applies mutations to a row and removes what the garbage rules let go in the columns they touch. */
  change(row: string, mutations: readonly CellMutation[]): void;
  holds(row: string, predicate: RowPredicate): boolean;
}

/** @param nowMs what the age of cells is judged by, milliseconds since 1970-01-01T00:00:00Z */
export function createRowWriter(
  cells: BytesDatabase,
  table: string,
  families: Families,
  nowMs: number,
): RowWriter {
  function change(row: string, mutations: readonly CellMutation[]): void {
    const stored = touched(table, row, mutations).flatMap((bounds) => load(cells, bounds));
    const before = liveCells(stored, families, nowMs);
    const after = liveCells(applyMutations(before, mutations, families), families, nowMs);

    const kept = new Set(after);
    for (const cell of stored) {
      if (!kept.has(cell)) cells.removeSync(cell.name);
    }
    for (const cell of after) {
      if (!("name" in cell)) cells.putSync(cellKey(table, row, cell), writable(cell.value));
    }
  }

  function holds(row: string, { family, qualifier, value }: RowPredicate): boolean {
    const column = load(cells, namesBounds(table, row, family, qualifier));
    const newest = families.has(family) ? liveCells(column, families, nowMs)[0] : undefined;
    if (newest === undefined || value === undefined) return newest !== undefined;
    const there = borrowValue(cells, cellKey(table, row, newest));
    return there !== undefined && Buffer.compare(there, value) === 0;
  }

  return { change, holds };
}

/** Where the mutations can find or put cells: disjoint, in key order. */
function touched(
  table: string,
  row: string,
  mutations: readonly CellMutation[],
): readonly ScanBounds[] {
  if (mutations.some(({ type }) => type === "delete-row")) return [namesBounds(table, row)];
  const wholeFamilies = new Set<string>();
  const columns = new Set<string>();
  for (const mutation of mutations) {
    if (mutation.type === "delete-family") wholeFamilies.add(mutation.family);
    else if (mutation.type !== "delete-row")
      columns.add(`${mutation.family}\0${mutation.qualifier}`);
  }
  const names = [
    ...wholeFamilies,
    ...[...columns].filter((column) => !wholeFamilies.has(column.slice(0, column.indexOf("\0")))),
  ];
  return names.sort().map((name) => namesBounds(table, row, name));
}

function load(cells: BytesDatabase, bounds: ScanBounds): readonly StoredCell[] {
  const found: StoredCell[] = [];
  for (const name of cells.getKeys({ ...bounds })) {
    const { family, qualifier, timestampMicros } = parseCellKey(name);
    found.push({ family, qualifier, timestampMicros, value: notLoaded, name });
  }
  return found;
}
