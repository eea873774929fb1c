import type { CallOptions } from "@foretile/storage";
import { latestPoint, NO_LATEST } from "../run/facts-segment.ts";
import type { StoreContext } from "../store-context.ts";
import type { TileView } from "../tile/tile-view.ts";
import { PointValues } from "../values/point-values.ts";
import { POINT } from "../trace-values.ts";
import { readPoints } from "./read-points.ts";

/** The last point of each row of a tile. */
export interface TileLatest {
  /** By row of the tile; `NO_LATEST` when it has neither a value nor an invalid point. */
  readonly offsets: Uint16Array;
  /** By row: of `POINT`. */
  readonly states: Uint8Array;
  readonly values: PointValues;
}

/** Bytes of points that are read at a time. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * The last point of each row of a tile, from what its runs say about their rows. Points are read only of rows that had
 * some deleted after they were recorded.
 */
export async function latestOfTile(
  context: StoreContext,
  view: TileView,
  options: CallOptions,
): Promise<TileLatest> {
  const { rows } = view.table;
  const latest = {
    offsets: new Uint16Array(rows).fill(NO_LATEST),
    states: new Uint8Array(rows),
    values: PointValues.create(context.config.valueType, rows),
  };
  const unsure = new Uint8Array(rows);
  for (const [place, { facts, tileRows }] of view.runs.entries()) {
    for (let row = 0; row < facts.latest.length; row += 1) {
      const point = latestPoint(facts.latest[row] as number);
      if (point === undefined) continue;
      const tileRow = tileRows === undefined ? row : (tileRows[row] as number);
      const known = latest.offsets[tileRow] as number;
      // At the same offset, the later run hides the earlier one.
      if (known !== NO_LATEST && point.offset < known) continue;
      latest.offsets[tileRow] = point.offset;
      latest.states[tileRow] = point.state;
      latest.values.copy(facts.latestValues, row, tileRow, 1);
    }
    if (place === 0) continue;
    for (const row of facts.deletedRows)
      unsure[tileRows === undefined ? row : (tileRows[row] as number)] = 1;
  }
  const rowsToRead = Uint32Array.from(unsure.keys()).filter((row) => unsure[row] === 1);
  if (rowsToRead.length > 0) await lookAt(context, view, rowsToRead, latest, options);
  return latest;
}

/** The rows that are in a tile: those that have a value or an invalid point. */
export function liveRows({ offsets }: TileLatest): Uint32Array {
  const rows = new Uint32Array(offsets.length);
  let count = 0;
  for (let row = 0; row < offsets.length; row += 1) {
    if (offsets[row] === NO_LATEST) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

async function lookAt(
  context: StoreContext,
  view: TileView,
  rows: Uint32Array,
  latest: TileLatest,
  { signal }: CallOptions,
): Promise<void> {
  const offsets = Array.from({ length: context.config.tileSize }, (_, offset) => offset);
  const pieces = readPoints(context, view, rows, { offsets, pieceBytes: PIECE_BYTES, signal });
  for await (const piece of pieces) {
    for (const [index, row] of piece.rows.entries()) {
      latest.offsets[row] = NO_LATEST;
      latest.states[row] = POINT.missing;
      latest.values.clear(row);
      for (let offset = offsets.length - 1; offset >= 0; offset -= 1) {
        const at = index * offsets.length + offset;
        const state = piece.states[at];
        if (state !== POINT.value && state !== POINT.invalid) continue;
        latest.offsets[row] = offset;
        latest.states[row] = state;
        latest.values.copy(piece.values, at, row, 1);
        break;
      }
    }
  }
}
