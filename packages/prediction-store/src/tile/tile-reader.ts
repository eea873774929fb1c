import {
  isCodecError,
  PANEL_STEPS,
  panelCount,
  stepsInPanel,
  type PanelSteps,
  type TileFrameHeader,
  type TileShape,
} from "@foretile/codecs";
import {
  equalBytes,
  isVersionStoreError,
  segmentEntryKey,
  type Library,
  type ReadSegmentsOptions,
  type SegmentEntry,
} from "@foretile/version-store";
import { PredictionStoreError } from "../prediction-store-error.ts";
import type { StoredTile } from "../store/prediction-manifest.ts";
import type { StepRange } from "../store/step-range.ts";
import { copyPlainSteps, plainValues } from "./plain-tile.ts";
import type { TileTools } from "./tile-tools.ts";

/** Where the wanted steps of a panel go. */
export interface PanelPlace {
  readonly wanted: PanelSteps;
  /** Of the first wanted value. */
  readonly offset: number;
}

/** Encoded segments of one tile, in order of their panels, not yet checked; valid until the next tile is asked for. */
export interface FetchedSegments {
  /** The position of each within the tile. */
  readonly positions: readonly number[];
  readonly bytes: readonly Uint8Array[];
}

/** The fetched segments of a tile, or how it is damaged. */
export type FetchedTile<Item> =
  | { readonly item: Item; readonly segments: FetchedSegments; readonly error?: undefined }
  | { readonly item: Item; readonly segments?: undefined; readonly error: PredictionStoreError };

/**
 * Fetches the segments of tiles that hold some panels, with as few requests as their places allow.
 *
 * @param items what has a tile
 * @param panels numbers of panels of these tiles, ascending
 * @returns one for each item, in their order
 */
export async function* fetchTiles<Item>(
  library: Library,
  { rooms }: TileTools,
  items: readonly Item[],
  tileOf: (item: Item) => StoredTile,
  panels: readonly number[],
  options?: ReadSegmentsOptions,
): AsyncGenerator<FetchedTile<Item>, void, undefined> {
  const positions = items.map((item) => positionsOf(tileOf(item), panels));
  const groups = items.map((item, index) =>
    (positions[index] ?? []).flatMap((position) => tileOf(item).segments[position] ?? []),
  );
  let room: Uint8Array | undefined;
  const reuseMemory = (byteLength: number): Uint8Array => (room = rooms.take(byteLength));
  let index = 0;
  try {
    for await (const result of library.readSegments(groups, { ...options, reuseMemory })) {
      const item = items[index] as Item;
      const { segments, error, entry } = result;
      yield error === undefined
        ? { item, segments: { positions: positions[index] ?? [], bytes: segments } }
        : { item, error: damaged(tileOf(item), entry, error) };
      index += 1;
    }
  } finally {
    if (room !== undefined) rooms.giveBack(room);
  }
}

/** The positions of the segments that hold some panels. */
function positionsOf(
  { panelsPerSegment, segments }: StoredTile,
  panels: readonly number[],
): readonly number[] {
  const positions: number[] = [];
  for (const panel of panels) {
    const position = Math.floor(panel / panelsPerSegment);
    if (position < segments.length && position !== positions.at(-1)) positions.push(position);
  }
  return positions;
}

/**
 * Checks fetched segments against the manifest and decodes those of their steps that lie in `steps`.
 *
 * @param out receives the steps, step-major, the first of `steps` at element 0
 * @throws {PredictionStoreError} `damaged` when the bytes are not the ones that were published
 */
export function decodeSegments(
  tools: TileTools,
  tile: StoredTile,
  shape: TileShape,
  fetched: FetchedSegments,
  steps: StepRange,
  out: Float32Array,
): void {
  const place = (panel: number): PanelPlace | undefined => {
    const firstStep = panel * PANEL_STEPS;
    const from = Math.max(steps.from - firstStep, 0);
    const to = Math.min(steps.to - firstStep, stepsInPanel(shape, panel));
    const offset = (firstStep + from - steps.from) * shape.simulations;
    return from < to ? { wanted: { from, to }, offset } : undefined;
  };
  const panels = decodePanels(tools, tile, shape, fetched, place, out);
  while (panels.next().done !== true);
}

/**
 * Checks fetched segments against the manifest and decodes their panels one by one, each when it is asked for.
 *
 * @param placeOf which steps of a panel are wanted, and where in `out` they go; `undefined` for a panel that is not wanted
 * @param out receives the steps, step-major
 * @returns the numbers of the panels, each when it is in `out`
 * @throws {PredictionStoreError} `damaged` when the bytes are not the ones that were published
 */
export function* decodePanels(
  tools: TileTools,
  tile: StoredTile,
  shape: TileShape,
  fetched: FetchedSegments,
  placeOf: (panel: number) => PanelPlace | undefined,
  out: Float32Array,
): Generator<number, void, undefined> {
  if (tile.layout === "plain") {
    yield* decodePlain(tools, tile, shape, fetched, placeOf, out);
    return;
  }
  const { codec } = tools;
  for (const [index, position] of fetched.positions.entries()) {
    const bytes = fetched.bytes[index] ?? new Uint8Array();
    try {
      const header = codec.readHeader(bytes);
      checkHeader(tile, shape, header, position);
      for (const [entryIndex, entry] of header.entries.entries()) {
        const panel = header.panels.first + entryIndex;
        const place = placeOf(panel);
        if (place === undefined) continue;
        const panelBytes = bytes.subarray(entry.offset, entry.offset + entry.byteLength);
        codec.decodePanel(header, panel, panelBytes, out, place.offset, place.wanted);
        yield panel;
      }
    } catch (error) {
      if (!isCodecError(error)) throw error;
      throw damaged(tile, tile.segments[position], error);
    }
  }
}

/** A plain tile is checked as a whole: it has no other hash. */
function* decodePlain(
  { checksum }: TileTools,
  tile: StoredTile,
  shape: TileShape,
  { bytes: [bytes] }: FetchedSegments,
  placeOf: (panel: number) => PanelPlace | undefined,
  out: Float32Array,
): Generator<number, void, undefined> {
  const [segment] = tile.segments;
  const wanted = shape.simulations * shape.steps * Float32Array.BYTES_PER_ELEMENT;
  const isSound =
    bytes?.length === wanted &&
    segment !== undefined &&
    equalBytes(checksum.hash128(bytes), segment.hash);
  if (!isSound) throw damaged(tile, segment, new Error("another tile was published"));
  const plain = plainValues(bytes, shape);
  for (let panel = 0; panel < panelCount(shape); panel += 1) {
    const place = placeOf(panel);
    if (place === undefined) continue;
    copyPlainSteps(plain, shape, panel, place.wanted, out.subarray(place.offset));
    yield panel;
  }
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
  if (isVersionStoreError(cause, "segment-expired")) {
    return new PredictionStoreError(
      "tile-expired",
      `the table's retention took the tile miner_id=${tile.minerId}`,
      { cause, details: { minerId: tile.minerId, key } },
    );
  }
  return new PredictionStoreError("damaged", `tile is damaged miner_id=${tile.minerId}`, {
    cause,
    details: { minerId: tile.minerId, key },
  });
}
