import { inKeyRange } from "../key.ts";
import type { Cell, CellMutation, FamilyName, GarbageRule, RowFilter } from "../row-store.ts";
import { StorageError } from "../storage-error.ts";

/*
 * Rows as pure functions over their cells, in the contract's order: family, qualifier, newest first. Nothing is
 * changed in place, so a row that fails half-way is simply not stored.
 */

type Families = ReadonlyMap<FamilyName, GarbageRule>;
type CellName = Pick<Cell, "family" | "qualifier" | "timestampMicros">;

/**
 * The cells after `mutations`, in their order. Values are taken over as they are, not copied.
 *
 * @throws {StorageError} `invalid-argument` for a family that `families` does not have
 */
export function applyMutations(
  cells: readonly Cell[],
  mutations: readonly CellMutation[],
  families: Families,
): readonly Cell[] {
  let current = cells;
  for (const mutation of mutations) {
    if (mutation.type !== "delete-row" && !families.has(mutation.family)) {
      throw new StorageError("invalid-argument", `unknown family family=${mutation.family}`);
    }
    current = applyMutation(current, mutation);
  }
  return current;
}

function applyMutation(cells: readonly Cell[], mutation: CellMutation): readonly Cell[] {
  if (mutation.type === "set-cell") return withCell(cells, mutation);
  if (mutation.type === "delete-row") return [];
  if (mutation.type === "delete-family") {
    return cells.filter((cell) => cell.family !== mutation.family);
  }
  return cells.filter(
    (cell) =>
      !sameColumn(cell, mutation) || !inTimestamps(cell.timestampMicros, mutation.timestampsMicros),
  );
}

function withCell(cells: readonly Cell[], set: Cell): readonly Cell[] {
  const { family, qualifier, timestampMicros, value } = set;
  const cell: Cell = { family, qualifier, timestampMicros, value };
  let low = 0;
  let high = cells.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = cells[middle];
    if (there !== undefined && compareCells(there, cell) < 0) low = middle + 1;
    else high = middle;
  }
  const there = cells[low];
  const replaces = there !== undefined && compareCells(there, cell) === 0;
  return cells.toSpliced(low, replaces ? 1 : 0, cell);
}

/** The cells that the garbage rules leave, seen at `nowMs` (milliseconds since 1970-01-01T00:00:00Z). */
export function liveCells(
  cells: readonly Cell[],
  families: Families,
  nowMs: number,
): readonly Cell[] {
  const live = newestPerColumn(cells, (cell) => families.get(cell.family)?.maxVersions);
  return live.filter((cell) => {
    const maxAgeMs = families.get(cell.family)?.maxAgeMs;
    return maxAgeMs === undefined || nowMs - cell.timestampMicros / 1_000 <= maxAgeMs;
  });
}

/** The cells that pass every condition of `filter`; `cellsPerColumn` counts those that pass the others. */
export function filterCells(cells: readonly Cell[], filter: RowFilter = {}): readonly Cell[] {
  const { families, qualifiers, timestampsMicros, cellsPerColumn } = filter;
  const passing = cells.filter(
    (cell) =>
      (families === undefined || families.includes(cell.family)) &&
      (qualifiers === undefined || inKeyRange(cell.qualifier, qualifiers)) &&
      inTimestamps(cell.timestampMicros, timestampsMicros),
  );
  return newestPerColumn(passing, () => cellsPerColumn);
}

function newestPerColumn(
  cells: readonly Cell[],
  limitOf: (cell: Cell) => number | undefined,
): readonly Cell[] {
  let previous: Cell | undefined;
  let position = 0;
  return cells.filter((cell) => {
    position = previous !== undefined && sameColumn(previous, cell) ? position + 1 : 1;
    previous = cell;
    const limit = limitOf(cell);
    return limit === undefined || position <= limit;
  });
}

function compareCells(left: CellName, right: CellName): number {
  if (left.family !== right.family) return left.family < right.family ? -1 : 1;
  if (left.qualifier !== right.qualifier) return left.qualifier < right.qualifier ? -1 : 1;
  return right.timestampMicros - left.timestampMicros;
}

function sameColumn(
  left: Pick<Cell, "family" | "qualifier">,
  right: Pick<Cell, "family" | "qualifier">,
): boolean {
  return left.family === right.family && left.qualifier === right.qualifier;
}

function inTimestamps(timestampMicros: number, range: RowFilter["timestampsMicros"]): boolean {
  if (range === undefined) return true;
  return (
    (range.gte === undefined || timestampMicros >= range.gte) &&
    (range.lt === undefined || timestampMicros < range.lt)
  );
}
