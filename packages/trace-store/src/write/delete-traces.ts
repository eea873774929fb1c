import type { Transaction } from "@foretile/version-store";
import { liveRows } from "../read/live-rows.ts";
import { optionsOfTile } from "../read/read-blocks.ts";
import type { PositionRange } from "../read/read-options.ts";
import { readPoints } from "../read/read-points.ts";
import { wantedRows, type CheckedSelection } from "../read/select-rows.ts";
import { wantedTiles } from "../read/wanted-tiles.ts";
import type { RowOptions } from "../run/facts-segment.ts";
import type { RunRecord } from "../run/run-record.ts";
import { RunWriter } from "../run/run-writer.ts";
import type { StoreContext } from "../store-context.ts";
import { tableOfRows } from "../table/join-tables.ts";
import { offsetsWithin } from "../tile/positions.ts";
import { viewTile, type TileView } from "../tile/tile-view.ts";
import type { ChangeOptions, TileChange } from "../trace-entry.ts";
import { POINT } from "../trace-values.ts";
import { changeTile } from "./change-tile.ts";
import { tableAmong } from "./put-table.ts";
import { mergeAfter } from "./merge-after.ts";

/** Bytes of points that are read at a time. */
const BYTES_IN_FLIGHT = 16 * 1024 * 1024;

/** Deletes what some traces have in a range. See `TraceStore.deleteTraces`. */
export async function deleteTraces(
  context: StoreContext,
  range: PositionRange,
  selection: CheckedSelection,
  options: ChangeOptions,
): Promise<readonly TileChange[]> {
  const changes: TileChange[] = [];
  const { signal } = options;
  for await (const { tile } of wantedTiles(context, range, { signal, order: "newest" })) {
    const change = await deleteInTile(context, tile, { range, selection }, options);
    if (change.changed) changes.push(change);
  }
  return changes;
}

interface Deletion {
  readonly range: PositionRange;
  readonly selection: CheckedSelection;
}

async function deleteInTile(
  context: StoreContext,
  tile: number,
  deletion: Deletion,
  options: ChangeOptions,
): Promise<TileChange> {
  const { runs, ...change } = await changeTile(context, tile, options, ({ transaction, commit }) =>
    commit(async (newest, base) => {
      if (newest.length === 0) return undefined;
      // Of commits that are made together with this one, too, everything must be there to be read.
      await base.settled();
      const view = await viewTile(context, { tile, runs: newest }, options);
      const run = await writeDeletion(context, transaction, view, deletion, options);
      return run && [...newest, run];
    }, "delete-range"),
  );
  if (!change.changed) return change;
  return { ...change, mergeError: await mergeAfter(context, tile, runs, options) };
}

/** A run that says of every point that was recorded that it is deleted; `undefined` when there is none. */
async function writeDeletion(
  context: StoreContext,
  transaction: Transaction,
  view: TileView,
  { range, selection }: Deletion,
  options: ChangeOptions,
): Promise<RunRecord | undefined> {
  const { library, config } = context;
  const { signal } = options;
  const rows = await liveRows(context, view, wantedRows(view, selection), options);
  const offsets = offsetsWithin(view.tile, range, config.tileSize);
  if (rows.length === 0 || offsets.length === 0) return undefined;
  const table = tableOfRows(view.table, rows);
  const writer = new RunWriter({
    codec: library.segmentCodec,
    put: (bytes, hash) => transaction.putSegment(bytes, hash, { signal }),
    type: config.valueType,
    rows: rows.length,
    tableId: table.id,
    offsets,
    points: rows.length * offsets.length,
  });
  const pieces = readPoints(context, view, rows, {
    offsets,
    pieceBytes: 0,
    pieceRows: writer.rowsPerBlock,
    maxBytesInFlight: BYTES_IN_FLIGHT,
    signal,
  });
  for await (const { rows: piece, states, values } of pieces) {
    await writer.write({ rows: piece.length, states: states.map(deletedOf), values });
  }
  const cleared = clearedOptions(view, rows, offsets);
  const written = await writer.finish(cleared);
  if (written.points === 0 && cleared.length === 0) return undefined;
  return {
    ...written,
    table: await tableAmong(
      context,
      transaction,
      { runs: view.runs.map(({ run }) => run), table },
      options,
    ),
  };
}

function deletedOf(state: number): number {
  return state === POINT.value || state === POINT.invalid ? POINT.deleted : POINT.missing;
}

/** What was said about the rows within the range is taken back. */
function clearedOptions(
  view: TileView,
  rows: Uint32Array,
  offsets: readonly number[],
): RowOptions[] {
  const said = optionsOfTile(view);
  const within = new Set(offsets);
  return [...rows.entries()].flatMap(([place, row]) => {
    const own = said.get(row);
    if (own === undefined || own.text === "" || !within.has(own.offset)) return [];
    return [{ row: place, offset: own.offset, text: "" }];
  });
}
