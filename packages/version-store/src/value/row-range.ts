import { VersionStoreError } from "../version-store-error.ts";

/** Consecutive rows, half-open: `from` is in, `to` is not. Row numbers count from 0. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Refuses anything but `0 ≤ from ≤ to ≤ rows` in integers.
 *
 * @throws {VersionStoreError} `invalid-range`
 */
export function checkRowRange({ from, to }: RowRange, rows: number): void {
  const whole = Number.isSafeInteger(from) && Number.isSafeInteger(to);
  if (whole && from >= 0 && from <= to && to <= rows) return;
  throw new VersionStoreError(
    "invalid-range",
    `row range must lie within the value from=${from} to=${to} rows=${rows}`,
    { details: { from, to, rows } },
  );
}
