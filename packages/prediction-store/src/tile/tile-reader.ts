import {
  isCodecError,
  PANEL_STEPS,
  panelCount,
  type TileCodec,
  type TileFrameHeader,
  type TileShape,
} from "@foretile/codecs";
import {
  equalBytes,
  segmentEntryKey,
  type Library,
  type ReadSegmentsOptions,
  type SegmentEntry,
} from "@foretile/version-store";
import { PredictionStoreError } from "../prediction-store-error.ts";
import type { StoredTile } from "../store/prediction-manifest.ts";

/** A run of consecutive panels, half-open. */
export interface PanelSpan {
  readonly first: number;
  readonly end: number;
}

/** Encoded segments of one tile, in order of their panels, not yet checked. */
export interface FetchedSegments {
  /** Position of the first one within the tile. */
  readonly firstSegment: number;
  readonly bytes: readonly Uint8Array[];
}

/** The fetched segments of one tile, or how it is damaged. */
export type FetchedTile =
  | { readonly segments: FetchedSegments; readonly error?: undefined }
  | { readonly segments?: undefined; readonly error: PredictionStoreError };

/**
 * Fetches the segments of tiles that hold a span of panels, with as few requests as their places allow.
 *
 * @returns one for each tile, in their order
 */
export async function* fetchTiles(
  library: Library,
  tiles: readonly StoredTile[],
  span: PanelSpan,
  options?: ReadSegmentsOptions,
): AsyncGenerator<FetchedTile, void, undefined> {
  const wanted = tiles.map((tile) => {
    const firstSegment = Math.floor(span.first / tile.panelsPerSegment);
    const endSegment = Math.ceil(span.end / tile.panelsPerSegment);
    return { tile, firstSegment, segments: tile.segments.slice(firstSegment, endSegment) };
  });
  const next = wanted.values();
  const groups = wanted.map(({ segments }) => segments);
  for await (const { segments, error, entry } of library.readSegments(groups, options)) {
    const { value } = next.next();
    if (value === undefined) return;
    const { tile, firstSegment } = value;
    yield error === undefined
      ? { segments: { firstSegment, bytes: segments } }
      : { error: damaged(tile, entry, error) };
  }
}

/**
 * Checks fetched segments against the manifest and decodes those of their panels that lie in `span`.
 *
 * @param out receives the panels' steps, step-major, the first step of `span` at element 0
 * @throws {PredictionStoreError} `damaged` when the bytes are not the ones that were published
 */
export function decodeSegments(
  codec: TileCodec,
  tile: StoredTile,
  shape: TileShape,
  fetched: FetchedSegments,
  span: PanelSpan,
  out: Float32Array,
): void {
  fetched.bytes.forEach((bytes, index) => {
    const position = fetched.firstSegment + index;
    try {
      const header = codec.readHeader(bytes);
      checkHeader(tile, shape, header, position);
      for (const [entryIndex, entry] of header.entries.entries()) {
        const panel = header.panels.first + entryIndex;
        if (panel < span.first || panel >= span.end) continue;
        const panelBytes = bytes.subarray(entry.offset, entry.offset + entry.byteLength);
        const outOffset = (panel - span.first) * PANEL_STEPS * shape.simulations;
        codec.decodePanel(header, panel, panelBytes, out, outOffset);
      }
    } catch (error) {
      if (!isCodecError(error)) throw error;
      throw damaged(tile, tile.segments[position], error);
    }
  });
}

/** The frame must be the very one that was published for this miner, and describe this tile. */
function checkHeader(
  tile: StoredTile,
  shape: TileShape,
  header: TileFrameHeader,
  position: number,
): void {
  const segment = tile.segments[position];
  const first = position * tile.panelsPerSegment;
  const count = Math.min(tile.panelsPerSegment, panelCount(shape) - first);
  const fits =
    segment !== undefined &&
    equalBytes(header.hash, segment.hash) &&
    header.shape.simulations === shape.simulations &&
    header.shape.steps === shape.steps &&
    header.panelSteps === PANEL_STEPS &&
    header.panels.first === first &&
    header.panels.count === count;
  if (!fits) throw damaged(tile, segment, new Error("another segment was published"));
}

function damaged(
  tile: StoredTile,
  segment: SegmentEntry | undefined,
  cause: Error,
): PredictionStoreError {
  const key = segment && segmentEntryKey(segment);
  return new PredictionStoreError("damaged", `tile is damaged miner_id=${tile.minerId}`, {
    cause,
    details: { minerId: tile.minerId, key },
  });
}
