import type { CallOptions } from "@foretile/storage";
import type { StoreContext } from "../store-context.ts";
import type { TileView } from "../tile/tile-view.ts";
import { POINT } from "../trace-values.ts";
import { readPoints } from "./read-points.ts";

/** Bytes of points that are read at a time. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * The rows that are in a tile, of those that are wanted: a row is in it when it has a value or an invalid point. Points
 * are read only of wanted rows that had some deleted after they were recorded.
 *
 * @param wanted ascending; `undefined`: all
 * @returns ascending
 */
export async function liveRows(
  context: StoreContext,
  view: TileView,
  wanted: Uint32Array | undefined,
  options: CallOptions,
): Promise<Uint32Array> {
  const isLive = rowsWithPoints(view);
  const unsure = deletedLater(view, wanted, isLive);
  if (unsure.length > 0) {
    for (const row of unsure) isLive[row] = 0;
    for await (const row of rowsStillThere(context, view, unsure, options)) isLive[row] = 1;
  }
  return wanted === undefined ? placesOfOnes(isLive) : wanted.filter((row) => isLive[row] === 1);
}

/** One byte for each row of the tile: whether any run has a value or an invalid point of it. */
function rowsWithPoints({ table, runs }: TileView): Uint8Array {
  const has = new Uint8Array(table.rows);
  for (const { run, facts, tileRows } of runs) {
    const { pointRows } = facts;
    if (pointRows === undefined && tileRows === undefined) has.fill(1, 0, run.rows);
    else if (pointRows === undefined) for (const row of tileRows ?? []) has[row] = 1;
    else if (tileRows === undefined) for (const row of pointRows) has[row] = 1;
    else for (const row of pointRows) has[tileRows[row] as number] = 1;
  }
  return has;
}

/** Wanted rows of which a later run than the first deletes something, ascending. */
export function deletedLater(
  { table, runs }: TileView,
  wanted: Uint32Array | undefined,
  isLive?: Uint8Array,
): Uint32Array {
  const later = runs.slice(1).filter(({ facts }) => facts.deletedRows.length > 0);
  if (later.length === 0) return new Uint32Array();
  const isUnsure = new Uint8Array(table.rows);
  for (const { facts, tileRows } of later) {
    for (const row of facts.deletedRows) {
      isUnsure[tileRows === undefined ? row : (tileRows[row] as number)] = 1;
    }
  }
  const rows = wanted ?? placesOfOnes(isUnsure);
  return rows.filter((row) => isUnsure[row] === 1 && isLive?.[row] !== 0);
}

async function* rowsStillThere(
  context: StoreContext,
  view: TileView,
  rows: Uint32Array,
  { signal }: CallOptions,
): AsyncGenerator<number, void, undefined> {
  const width = context.config.tileSize;
  const offsets = Array.from({ length: width }, (_, offset) => offset);
  const read = { offsets, pieceBytes: PIECE_BYTES, signal };
  for await (const piece of readPoints(context, view, rows, read)) {
    for (const [index, row] of piece.rows.entries()) {
      const states = piece.states.subarray(index * width, (index + 1) * width);
      if (states.includes(POINT.value) || states.includes(POINT.invalid)) yield row;
    }
  }
}

function placesOfOnes(bytes: Uint8Array): Uint32Array {
  const places = new Uint32Array(bytes.length);
  let count = 0;
  for (let place = 0; place < bytes.length; place += 1) {
    if (bytes[place] !== 1) continue;
    places[count] = place;
    count += 1;
  }
  return places.subarray(0, count);
}
