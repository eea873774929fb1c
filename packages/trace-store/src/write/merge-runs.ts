import type { Transaction } from "@foretile/version-store";
import { optionsOfTile } from "../read/read-blocks.ts";
import { MAX_TABLE_ROWS } from "../limits.ts";
import { readPoints } from "../read/read-points.ts";
import type { RunRecord } from "../run/run-record.ts";
import { RunWriter } from "../run/run-writer.ts";
import type { StoreContext } from "../store-context.ts";
import { viewTile } from "../tile/tile-view.ts";
import type { ChangeOptions, TileChange } from "../trace-entry.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { allRows } from "../table/all-rows.ts";
import { changeTile } from "./change-tile.ts";
import { tableAmong } from "./put-table.ts";

const BYTES_IN_FLIGHT = 16 * 1024 * 1024;

/**
 * Makes one run of consecutive runs of a tile, in bounded memory. Others may append meanwhile; when they merged some of
 * these runs themselves, nothing is changed.
 */
export async function mergeRuns(
  context: StoreContext,
  tile: number,
  runs: readonly RunRecord[],
  options: ChangeOptions,
): Promise<TileChange> {
  const { runs: _, ...change } = await changeTile(
    context,
    tile,
    options,
    async ({ transaction, runs: before, commit }) => {
      if (placeOfRuns(before, runs) === -1)
        return { tile, version: undefined, changed: false, runs: before };
      const merged = await writeMerged(context, transaction, { tile, runs }, options);
      return commit(async (newest) => {
        const place = placeOfRuns(newest, runs);
        if (place === -1) return undefined;
        return [...newest.slice(0, place), merged, ...newest.slice(place + runs.length)];
      }, "write");
    },
  );
  return change;
}

/** Where some runs are among others, all in a row; −1 when they are not. */
function placeOfRuns(all: readonly RunRecord[], runs: readonly RunRecord[]): number {
  const first = all.findIndex((run) => isSame(run, runs[0]));
  const isThere = runs.every((run, index) => isSame(run, all[first + index]));
  return first !== -1 && isThere ? first : -1;
}

/** The very run, not one with the same content: its segments are what was read. */
function isSame(run: RunRecord, other: RunRecord | undefined): boolean {
  return (
    other !== undefined &&
    run.facts.transactionId === other.facts.transactionId &&
    run.id === other.id
  );
}

interface Merge {
  readonly tile: number;
  readonly runs: readonly RunRecord[];
}

async function writeMerged(
  context: StoreContext,
  transaction: Transaction,
  { tile, runs }: Merge,
  options: ChangeOptions,
): Promise<RunRecord> {
  const { library, config } = context;
  const { signal } = options;
  const view = await viewTile(context, { tile, runs }, options);
  const { table } = view;
  if (table.rows > MAX_TABLE_ROWS) {
    throw new TraceStoreError(
      "too-large",
      `tile has more traces than a table may hold; its runs stay as they are ` +
        `traces=${table.rows} limit=${MAX_TABLE_ROWS}`,
    );
  }
  const rows = allRows(table);
  const offsets = [...new Set(runs.flatMap((run) => run.offsets))].sort((a, b) => a - b);
  const writer = new RunWriter({
    codec: library.segmentCodec,
    put: (bytes, hash) => transaction.putSegment(bytes, hash, { signal }),
    type: config.valueType,
    rows: rows.length,
    tableId: table.id,
    offsets,
    points: runs.reduce((sum, { points }) => sum + points, 0),
  });
  const pieces = readPoints(context, view, rows, {
    offsets,
    pieceBytes: 0,
    pieceRows: writer.rowsPerBlock,
    maxBytesInFlight: BYTES_IN_FLIGHT,
    signal,
  });
  for await (const { rows: piece, states, values } of pieces) {
    await writer.write({ rows: piece.length, states, values });
  }
  const said = [...optionsOfTile(view).values()].sort((left, right) => left.row - right.row);
  const written = await writer.finish(said);
  return { ...written, table: await tableAmong(context, transaction, { runs, table }, options) };
}
