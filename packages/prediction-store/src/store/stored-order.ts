import { planReads, type SegmentEntry } from "@foretile/version-store";
import type { StoredTile } from "./prediction-manifest.ts";

/** Tiles that lie together, so that one request brings them, or a few. */
export interface TileRun {
  readonly minerIds: readonly number[];
  /** Of their tiles, as stored. */
  readonly storedBytes: number;
}

/** Tiles by where the store holds them. */
export function inStoredOrder<T>(items: readonly T[], tileOf: (item: T) => StoredTile): T[] {
  return items.toSorted((left, right) => {
    const [first] = tileOf(left).segments;
    const [second] = tileOf(right).segments;
    return first === undefined || second === undefined ? 0 : compareStored(first, second);
  });
}

/** Tiles in stored order, cut into what is read together. */
export function tileRuns(tiles: readonly StoredTile[]): readonly TileRun[] {
  const ordered = inStoredOrder(tiles, (tile) => tile);
  return planReads(ordered.map(({ segments }) => segments)).map(({ first, end, bytes }) => ({
    minerIds: ordered.slice(first, end).map(({ minerId }) => minerId),
    storedBytes: bytes,
  }));
}

function compareStored(left: SegmentEntry, right: SegmentEntry): number {
  if (left.transactionId !== right.transactionId) {
    return left.transactionId < right.transactionId ? -1 : 1;
  }
  const [row, otherRow] = [rowOf(left), rowOf(right)];
  if (row !== otherRow) return row < otherRow ? -1 : 1;
  return left.ordinal - right.ordinal || offsetOf(left) - offsetOf(right);
}

function rowOf({ location }: SegmentEntry): string {
  return location?.kind === "cell" ? `${location.table} ${location.row}` : "";
}

function offsetOf({ location }: SegmentEntry): number {
  return location?.kind === "pack" ? location.offset : 0;
}
