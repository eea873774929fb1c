import type { CallOptions } from "@foretile/storage";
import { segmentEntryKey, type SegmentEntry } from "@foretile/version-store";
import { blockFromParts, type Block } from "../run/block-segment.ts";
import { blockPlace, lanesOfRun, type BlockPlace } from "../run/run-record.ts";
import type { StoreContext } from "../store-context.ts";
import { tileError } from "../tile/tile-error.ts";
import type { TileView, ViewRun } from "../tile/tile-view.ts";
import { bytesPerValue, PointValues } from "../values/point-values.ts";
import { columnsOf, type Columns } from "./columns.ts";
import { isSuccession, paintBlock } from "./paint-block.ts";

/** Points of some rows of a tile. */
export interface PaintedRows {
  /** Rows of the tile, ascending: those that were asked for, or the next ones of them. */
  readonly rows: Uint32Array;
  /** `[rows, columns]`, row-major. */
  readonly states: Uint8Array<ArrayBuffer>;
  readonly values: PointValues;
}

export interface ReadPointsOptions extends CallOptions {
  /** Ascending offsets of the columns. */
  readonly offsets: readonly number[];
  /** Bytes of states and values that come at a time, unless one row has more. */
  readonly pieceBytes: number;
  readonly maxBytesInFlight?: number | undefined;
  /** Exactly so many rows at a time instead. */
  readonly pieceRows?: number | undefined;
}

/** A block that a piece needs. */
interface NeededBlock {
  readonly viewRun: ViewRun;
  readonly place: BlockPlace;
  /** Names the block within the read. */
  readonly name: string;
}

/**
 * Reads points of some rows, piece after piece, with as few requests as their blocks allow, each block once. What runs
 * say later hides what they say earlier.
 *
 * @param rows of the tile, ascending
 */
export async function* readPoints(
  context: StoreContext,
  view: TileView,
  rows: Uint32Array,
  options: ReadPointsOptions,
): AsyncGenerator<PaintedRows, void, undefined> {
  const { library, config } = context;
  const { offsets, signal, maxBytesInFlight } = options;
  const pieces = cut(rows, pieceRows(context, view, rows, options));
  const columns = columnsOf(offsets, config.tileSize);
  const needs = pieces.map((piece) => neededBlocks(view, piece, columns));
  const groups = needs.map((needed, index) => {
    const before = new Set(needs[index - 1]?.map(({ name }) => name));
    return needed.filter(({ name }) => !before.has(name));
  });
  const entries = groups.map((group): SegmentEntry[] => group.map(({ place }) => place.entry));
  let blocks = new Map<string, Block>();
  let index = 0;
  try {
    for await (const result of library.readSegments(entries, { signal, maxBytesInFlight })) {
      if (result.error !== undefined) throw result.error;
      const piece = pieces[index] as Uint32Array;
      const kept = new Map<string, Block>();
      const fresh = groups[index] as NeededBlock[];
      for (const [place, { name, place: at }] of fresh.entries()) {
        const bytes = result.segments[place] as Uint8Array;
        const parts = library.segmentCodec.decode(bytes, at.entry.hash);
        const shape = { type: config.valueType, rows: at.rows, width: at.lane.end - at.lane.first };
        kept.set(name, blockFromParts(parts, shape));
      }
      const states = new Uint8Array(piece.length * offsets.length);
      const values = PointValues.create(config.valueType, states.length);
      for (const { viewRun, place, name } of needs[index] as NeededBlock[]) {
        const block = kept.get(name) ?? blocks.get(name);
        if (block === undefined) continue;
        kept.set(name, block);
        paintBlock({ viewRun, place, block }, { rows: piece, columns, states, values });
      }
      blocks = kept;
      index += 1;
      yield { rows: piece, states, values };
    }
  } catch (error) {
    throw await tileError(context, view, error);
  }
}

function pieceRows(
  { config }: StoreContext,
  view: TileView,
  rows: Uint32Array,
  { offsets, pieceBytes, pieceRows: exact }: ReadPointsOptions,
): number {
  if (exact !== undefined) return exact;
  const rowBytes = offsets.length * (1 + bytesPerValue(config.valueType));
  const fitting = Math.max(1, Math.floor(pieceBytes / Math.max(1, rowBytes)));
  if (fitting >= rows.length) return Math.max(1, rows.length);
  // Pieces that end where blocks do share none.
  const { rowsPerBlock } = view.runs.reduce(
    (largest, { run }) => (run.points > largest.points ? run : largest),
    { rowsPerBlock: 1, points: -1 },
  );
  const isAll = rows.length === view.table.rows;
  return isAll && fitting > rowsPerBlock ? fitting - (fitting % rowsPerBlock) : fitting;
}

function cut(rows: Uint32Array, size: number): Uint32Array[] {
  const pieces: Uint32Array[] = [];
  for (let first = 0; first < rows.length; first += size) {
    pieces.push(rows.subarray(first, first + size));
  }
  return pieces;
}

function neededBlocks(view: TileView, rows: Uint32Array, columns: Columns): NeededBlock[] {
  const needed: NeededBlock[] = [];
  for (const viewRun of view.runs) {
    const { run, runRows } = viewRun;
    const lanes = lanesOfRun(run);
    const wantedLanes = [...lanes.entries()].filter(([, { first, end }]) =>
      run.offsets.slice(first, end).some((offset) => columns.of[offset] !== -1),
    );
    if (wantedLanes.length === 0) continue;
    for (const group of groupsOf(run.rowsPerBlock, rows, runRows)) {
      for (const [number] of wantedLanes) {
        const place = blockPlace(run, lanes, group, number);
        needed.push({ viewRun, place, name: segmentEntryKey(place.entry) });
      }
    }
  }
  return needed;
}

/** The groups of rows of a run that have some of a tile's rows. */
function groupsOf(
  rowsPerBlock: number,
  rows: Uint32Array,
  runRows: Int32Array | undefined,
): Iterable<number> {
  if (runRows === undefined && isSuccession(rows)) {
    const first = Math.floor((rows[0] as number) / rowsPerBlock);
    const last = Math.floor((rows.at(-1) as number) / rowsPerBlock);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }
  const groups = new Set<number>();
  for (const row of rows) {
    const runRow = runRows === undefined ? row : (runRows[row] as number);
    if (runRow >= 0) groups.add(Math.floor(runRow / rowsPerBlock));
  }
  return groups;
}
