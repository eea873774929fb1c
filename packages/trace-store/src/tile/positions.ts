import { MAX_TILE } from "../limits.ts";
import { TraceStoreError } from "../trace-store-error.ts";

/** @throws {TraceStoreError} `invalid-position` */
export function checkPosition(position: number, tileSize: number): void {
  const end = (MAX_TILE + 1) * tileSize;
  if (Number.isSafeInteger(position) && position >= 0 && position < end) return;
  throw new TraceStoreError(
    "invalid-position",
    `position must be a whole number of at least 0 and below ${end} position=${position}`,
  );
}

/** @throws {TraceStoreError} `invalid-position` */
export function checkTile(tile: number): void {
  if (Number.isSafeInteger(tile) && tile >= 0 && tile <= MAX_TILE) return;
  throw new TraceStoreError(
    "invalid-position",
    `tile must be a whole number from 0 to ${MAX_TILE} tile=${tile}`,
  );
}

/** Checks a half-open range, which may be empty, and end anywhere. `undefined`: all positions. */
export function checkRange(
  { from = 0, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  tileSize: number,
): { readonly from: number; readonly to: number } {
  const end = (MAX_TILE + 1) * tileSize;
  const checked = { from, to: to ?? end };
  if (Number.isSafeInteger(from) && Number.isSafeInteger(checked.to) && from >= 0) {
    if (from <= checked.to) return { from, to: Math.min(checked.to, end) };
  }
  throw new TraceStoreError(
    "invalid-argument",
    `range must be whole numbers, half-open, from at most to from=${from} to=${checked.to}`,
  );
}

/** Where a position is. */
export function placeOf(
  position: number,
  tileSize: number,
): { readonly tile: number; readonly offset: number } {
  return { tile: Math.floor(position / tileSize), offset: position % tileSize };
}

/** Positions of a tile within a range, as offsets, ascending. */
export function offsetsWithin(
  tile: number,
  { from, to }: { readonly from: number; readonly to: number },
  tileSize: number,
): number[] {
  const first = Math.max(0, from - tile * tileSize);
  const end = Math.min(tileSize, to - tile * tileSize);
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}
