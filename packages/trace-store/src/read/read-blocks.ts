import { decodeTraceId } from "@foretile/keyspace";
import type { TraceParams } from "@foretile/keyspace";
import type { StoreContext } from "../store-context.ts";
import { checkRange, offsetsWithin } from "../tile/positions.ts";
import type { TileView } from "../tile/tile-view.ts";
import { isTraceStoreError, TraceStoreError } from "../trace-store-error.ts";
import type { RowOptions } from "../run/facts-segment.ts";
import type { PositionRange, ReadBlocksOptions } from "./read-options.ts";
import { readPoints, type PaintedRows } from "./read-points.ts";
import { checkSelection } from "./select-rows.ts";
import { selectedTiles, type SelectedTile } from "./selected-tiles.ts";
import type { TraceBlock } from "./trace-block.ts";

const BLOCK_BYTES = 4 * 1024 * 1024;
const BYTES_IN_FLIGHT = 32 * 1024 * 1024;

/** Points of a range of positions, block after block. See `TraceStore.readRange`. */
export async function* readBlocks(
  context: StoreContext,
  wanted: Partial<PositionRange>,
  options: ReadBlocksOptions,
): AsyncGenerator<TraceBlock, void, undefined> {
  const range = checkRange(wanted, context.config.tileSize);
  const selection = checkSelection(options);
  const { blockBytes = BLOCK_BYTES } = options;
  if (!(blockBytes > 0)) {
    throw new TraceStoreError(
      "invalid-argument",
      `a block needs some bytes block_bytes=${blockBytes}`,
    );
  }
  const tiles = selectedTiles(context, range, selection, { ...options, order: "oldest" });
  for await (const tile of tiles) {
    try {
      yield* blocksOf(context, tile, range, { ...options, blockBytes });
    } catch (error) {
      if (options.onDamaged === undefined || !isTraceStoreError(error, "tile-damaged")) throw error;
      options.onDamaged(error);
    }
  }
}

/** Points of one tile that lie in a range, block after block. */
export async function* blocksOf(
  context: StoreContext,
  { version, view, rows }: SelectedTile,
  range: PositionRange,
  options: Pick<ReadBlocksOptions, "signal" | "maxBytesInFlight"> & { readonly blockBytes: number },
): AsyncGenerator<TraceBlock, void, undefined> {
  const { tileSize } = context.config;
  const { blockBytes, signal, maxBytesInFlight = BYTES_IN_FLIGHT } = options;
  const offsets = offsetsWithin(view.tile, range, tileSize);
  const from = view.tile * tileSize + (offsets[0] ?? 0);
  const rowOptions = optionsOfTile(view);
  const pieces = readPoints(context, view, rows, {
    offsets,
    pieceBytes: blockBytes,
    signal,
    maxBytesInFlight,
  });
  for await (const piece of pieces) {
    yield {
      tile: view.tile,
      version: version.entry.version,
      from,
      to: from + offsets.length,
      ...blockOf(view, piece),
      options: Array.from(piece.rows, (row) => paramsOf(rowOptions.get(row)?.text)),
    };
  }
}

function blockOf(
  { table }: TileView,
  { rows, states, values }: PaintedRows,
): Pick<TraceBlock, "ids" | "states" | "values"> {
  return {
    ids: table.idsOf(rows),
    states,
    values: values.expose(),
  };
}

/** What a tile says about its rows beside their values: of the highest offset, and of those, the latest. */
export function optionsOfTile(view: TileView): ReadonlyMap<number, RowOptions> {
  const options = new Map<number, RowOptions>();
  for (const { facts, tileRows } of view.runs) {
    for (const said of facts.options) {
      const row = tileRows === undefined ? said.row : (tileRows[said.row] as number);
      if ((options.get(row)?.offset ?? -1) <= said.offset) options.set(row, { ...said, row });
    }
  }
  return options;
}

/** @param text as a run has it; empty when it was cleared */
export function paramsOf(text: string | undefined): TraceParams | undefined {
  if (text === undefined) return undefined;
  return text === "" ? {} : decodeTraceId(text);
}
