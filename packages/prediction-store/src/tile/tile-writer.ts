import { panelCount, type TileMode, type TileShape } from "@foretile/codecs";
import type { CallOptions } from "@foretile/storage";
import type { SegmentEntry, Transaction } from "@foretile/version-store";
import type { StoredTile } from "../store/prediction-manifest.ts";
import { encodePlainTile } from "./plain-tile.ts";
import type { CellOf } from "./tile-cell.ts";
import type { TileTools } from "./tile-tools.ts";

/** One panel a segment: a slice reads no more than the panels it touches, from any store. */
const PANELS_PER_SEGMENT = 1;

/** A tile and how it is to be stored. */
export interface NewTile {
  /** float32 `[steps, simulations]` row-major; only read until the promise settles. */
  readonly values: Float32Array;
  readonly shape: TileShape;
  readonly mode: TileMode;
  /** Where it goes in a library that keeps segments in tables. */
  readonly cell: CellOf | undefined;
  /** Whether the library does. There a raw tile is a single plain segment, as others write and read it. */
  readonly usesCells: boolean;
}

/** What a stored tile's manifest says about its segments. */
export type TileSegments = Pick<StoredTile, "layout" | "panelsPerSegment" | "segments">;

/** Encodes a tile and gives it to a transaction as segments, all at once, in order of their panels. */
export async function writeTile(
  tools: TileTools,
  transaction: Transaction,
  tile: NewTile,
  options: CallOptions = {},
): Promise<TileSegments> {
  const { mode, shape, cell, usesCells } = tile;
  const { signal } = options;
  if (usesCells && mode === "raw" && cell !== undefined) {
    const bytes = encodePlainTile(tile.values, shape);
    const hash = tools.checksum.hash128(bytes);
    const segment = await transaction.putSegment(bytes, hash, { signal, cell: cell() });
    return { layout: "plain", panelsPerSegment: panelCount(shape), segments: [segment] };
  }
  const puts: Promise<SegmentEntry>[] = [];
  for (let first = 0; first < panelCount(shape); first += PANELS_PER_SEGMENT) {
    const count = Math.min(PANELS_PER_SEGMENT, panelCount(shape) - first);
    const panels = { first, count };
    const { bytes, hash } = tools.codec.encode(tile.values, shape, { mode, panels });
    puts.push(transaction.putSegment(bytes, hash, { signal, cell: cell?.(first) }));
  }
  // Every upload must have settled before the caller may clean up after a failed one.
  const settled = await Promise.allSettled(puts);
  const segments = settled.map((result) => {
    if (result.status === "rejected") throw result.reason as Error;
    return result.value;
  });
  return { layout: "frames", panelsPerSegment: PANELS_PER_SEGMENT, segments };
}
