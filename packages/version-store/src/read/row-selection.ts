import { VersionStoreError } from "../version-store-error.ts";
import type { RowRange } from "../value/row-range.ts";

/** Rows by number, half-open. Negative numbers count from the end: −1 is the last row. */
export interface RowSelection {
  /** The first row. Default: row 0. */
  readonly from?: number | undefined;
  /** The row after the last one. Default: to the end. */
  readonly to?: number | undefined;
}

/**
 * The rows of a value that a selection means. What lies outside is left out.
 *
 * @throws {VersionStoreError} `invalid-range` for what is no whole number, and for a range that is reversed whatever
 *   the number of rows
 */
export function clipRows(selection: RowSelection, rows: number): RowRange {
  checkRowSelection(selection);
  const from = clip(selection.from ?? 0, rows);
  const to = clip(selection.to ?? rows, rows);
  return { from, to: Math.max(from, to) };
}

/** @throws {VersionStoreError} `invalid-range` as {@link clipRows} */
export function checkRowSelection({ from = 0, to }: RowSelection): void {
  const whole = isWhole(from) && (to === undefined || isWhole(to));
  const sameEnd = to !== undefined && from < 0 === to < 0;
  if (whole && !(sameEnd && from > to)) return;
  throw new VersionStoreError(
    "invalid-range",
    `row range must be of whole numbers and not reversed from=${from} to=${to}`,
    { details: { from, to } },
  );
}

function clip(row: number, rows: number): number {
  return row < 0 ? Math.max(0, rows + row) : Math.min(row, rows);
}

function isWhole(row: number): boolean {
  return Number.isSafeInteger(row) || Math.abs(row) === Number.POSITIVE_INFINITY;
}
