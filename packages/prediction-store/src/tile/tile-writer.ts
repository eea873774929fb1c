import type { CallOptions } from "@foretile/storage";
import type { SegmentEntry, Transaction } from "@foretile/version-store";
import type { StoredTile } from "../store/prediction-manifest.ts";
import type { PackedSegment, PackedTile } from "./packed-tile.ts";
import { encodeSegments, panelsPerSegment, type UnpackedTile } from "./packed-tile.ts";
import type { CellOf } from "./tile-cell.ts";
import type { TileTools } from "./tile-tools.ts";

/** What a stored tile's manifest says about its segments. */
export type TileSegments = Pick<StoredTile, "layout" | "panelsPerSegment" | "segments">;

export interface WriteTileOptions extends CallOptions {
  /** Where it goes in a library that keeps segments in tables. */
  readonly cell: CellOf | undefined;
}

/**
 * Encodes a tile and gives it to a transaction as segments, all at once, in order of their panels.
 *
 * @param tile only read until the promise settles
 */
export function writeTile(
  tools: TileTools,
  transaction: Transaction,
  tile: UnpackedTile,
  options: WriteTileOptions,
): Promise<TileSegments> {
  return putSegments(transaction, encodeSegments(tools, tile), tile, options);
}

/**
 * Gives a tile that was packed elsewhere to a transaction.
 *
 * @param tile only read until the promise settles
 */
export function writePackedTile(
  transaction: Transaction,
  tile: PackedTile,
  options: WriteTileOptions,
): Promise<TileSegments> {
  return putSegments(transaction, tile.segments, tile, options);
}

async function putSegments(
  transaction: Transaction,
  segments: Iterable<PackedSegment>,
  tile: Pick<UnpackedTile, "layout" | "shape">,
  { cell, signal }: WriteTileOptions,
): Promise<TileSegments> {
  const { layout } = tile;
  const panels = panelsPerSegment(tile);
  const puts: Promise<SegmentEntry>[] = [];
  for (const { bytes, hash } of segments) {
    // The cell of a whole tile has the name that the network's own reader looks for.
    const place = layout === "plain" ? cell?.() : cell?.(puts.length * panels);
    puts.push(transaction.putSegment(bytes, hash, { signal, cell: place }));
  }
  // Every upload must have settled before the caller may clean up after a failed one.
  const settled = await Promise.allSettled(puts);
  const entries = settled.map((result) => {
    if (result.status === "rejected") throw result.reason as Error;
    return result.value;
  });
  return { layout, panelsPerSegment: panels, segments: entries };
}
