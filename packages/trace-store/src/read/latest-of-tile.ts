import type { CallOptions } from "@foretile/storage";
import { INVALID_LATEST } from "../run/facts-segment.ts";
import type { StoreContext } from "../store-context.ts";
import type { TileView } from "../tile/tile-view.ts";
import { PointValues } from "../values/point-values.ts";
import { POINT } from "../trace-values.ts";
import { deletedLater } from "./live-rows.ts";
import { readPoints } from "./read-points.ts";

/** The last point of each row of a tile. */
export interface TileLatest {
  /** By row of the tile; of those that are in it. */
  readonly offsets: Uint16Array;
  /** By row: of `POINT`; missing when the row is not in the tile. */
  readonly states: Uint8Array;
  readonly values: PointValues;
}

/** Bytes of points that are read at a time. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * The last point of rows of a tile, from what its runs say about their rows. Points are read only of rows that had some
 * deleted after they were recorded.
 *
 * @param wanted rows, ascending; nothing is certain about others
 */
export async function latestOfTile(
  context: StoreContext,
  view: TileView,
  wanted: Uint32Array,
  options: CallOptions,
): Promise<TileLatest> {
  const { rows } = view.table;
  const latest = {
    offsets: new Uint16Array(rows),
    states: new Uint8Array(rows),
    values: PointValues.create(context.config.valueType, rows),
  };
  for (const { facts, tileRows } of view.runs) {
    const { pointRows } = facts;
    for (const [place, said] of facts.latest.entries()) {
      const row = pointRows === undefined ? place : (pointRows[place] as number);
      const tileRow = tileRows === undefined ? row : (tileRows[row] as number);
      const offset = said % INVALID_LATEST;
      // At the same offset, the later run hides the earlier one.
      const isKnown = latest.states[tileRow] !== POINT.missing;
      if (isKnown && offset < (latest.offsets[tileRow] as number)) continue;
      latest.offsets[tileRow] = offset;
      latest.states[tileRow] = said < INVALID_LATEST ? POINT.value : POINT.invalid;
      latest.values.copy(facts.latestValues, place, tileRow, 1);
    }
  }
  const unsure = deletedLater(view, wanted);
  if (unsure.length > 0) await lookAt(context, view, unsure, latest, options);
  return latest;
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
