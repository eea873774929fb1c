import { panelCount, type TileMode, type TileShape } from "@foretile/codecs";
import type { StoredTile } from "../store/prediction-manifest.ts";
import { encodePlainTile } from "./plain-tile.ts";
import { tileContentHashAtOnce } from "./tile-bits.ts";
import type { TileTools } from "./tile-tools.ts";

/** One panel a segment: a slice reads no more than the panels it touches, from any store. */
const PANELS_PER_SEGMENT = 1;

/** A tile and how it is to be packed. */
export interface UnpackedTile {
  /** float32 `[steps, simulations]` row-major. */
  readonly values: Float32Array;
  /** Most digits behind the point with which they were written, where that is known. */
  readonly decimals?: number | undefined;
  readonly shape: TileShape;
  readonly mode: TileMode;
  readonly layout: StoredTile["layout"];
}

/** The bytes of one segment. */
export interface PackedSegment {
  readonly bytes: Uint8Array;
  /** 16 bytes by which readers will know them. */
  readonly hash: Uint8Array;
}

/** A tile ready to be stored. Plain data: it crosses threads. */
export interface PackedTile extends Pick<StoredTile, "layout" | "panelsPerSegment" | "mode"> {
  readonly shape: TileShape;
  /** SHA-256 of the tile's float32 bits, 32 bytes. */
  readonly contentHash: Uint8Array;
  /** In order of their panels. */
  readonly segments: readonly PackedSegment[];
}

/** How many panels each segment of a tile holds. */
export function panelsPerSegment({
  layout,
  shape,
}: Pick<UnpackedTile, "layout" | "shape">): number {
  return layout === "plain" ? panelCount(shape) : PANELS_PER_SEGMENT;
}

/** Encodes the segments of a tile one by one, in order of their panels, each when it is asked for. */
export function* encodeSegments(
  { codec, checksum }: TileTools,
  { values, decimals, shape, mode, layout }: UnpackedTile,
): Generator<PackedSegment, void, undefined> {
  if (layout === "plain") {
    const bytes = encodePlainTile(values, shape);
    yield { bytes, hash: checksum.hash128(bytes) };
    return;
  }
  for (let first = 0; first < panelCount(shape); first += PANELS_PER_SEGMENT) {
    const count = Math.min(PANELS_PER_SEGMENT, panelCount(shape) - first);
    yield codec.encode(values, shape, { mode, panels: { first, count }, decimals });
  }
}

/** Packs a tile, on whatever thread: the segments are those that a publication would make of it. */
export function packTile(tools: TileTools, tile: UnpackedTile): PackedTile {
  const { shape, mode, layout } = tile;
  const segments = [...encodeSegments(tools, tile)].map(({ bytes, hash }) => ({
    bytes,
    // Of its own: what crosses threads takes along all memory that it is a view of.
    hash: hash.slice(),
  }));
  return {
    shape,
    mode,
    layout,
    panelsPerSegment: panelsPerSegment(tile),
    contentHash: tileContentHashAtOnce(tile.values),
    segments,
  };
}
