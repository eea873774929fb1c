import type { StoreContext } from "../store-context.ts";
import { checkRange } from "../tile/positions.ts";
import { allRows } from "../table/all-rows.ts";
import { openTile, type TileVersion } from "../tile/tile-version.ts";
import { viewTile } from "../tile/tile-view.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { POINT } from "../trace-values.ts";
import type { ReadOptions } from "./read-options.ts";
import { readPoints } from "./read-points.ts";
import { unlessDamaged } from "./selected-tiles.ts";
import { wantedTiles } from "./wanted-tiles.ts";

/** Bytes of points that are read at a time. */
const PIECE_BYTES = 4 * 1024 * 1024;

const MAX_POSITIONS = 2 ** 20;

/** The newest positions with data. See `TraceStore.densePositions`. */
export async function densePositions(
  context: StoreContext,
  count: number,
  options: Pick<ReadOptions, "asOf" | "onDamaged" | "signal">,
): Promise<readonly number[]> {
  if (!Number.isInteger(count) || count < 0 || count > MAX_POSITIONS) {
    throw new TraceStoreError(
      "invalid-argument",
      `count must be a whole number from 0 to ${MAX_POSITIONS} count=${count}`,
    );
  }
  const { tileSize } = context.config;
  const found: number[] = [];
  if (count === 0) return found;
  const tiles = wantedTiles(context, checkRange({}, tileSize), {
    ...options,
    order: "newest",
    expected: Math.ceil(count / tileSize),
  });
  for await (const ref of tiles) {
    const offsets = await unlessDamaged(options, async () =>
      recordedOffsets(context, await openTile(context, ref, options), options),
    );
    const positions = (offsets ?? []).map((offset) => ref.tile * tileSize + offset);
    found.unshift(...positions.slice(Math.max(0, positions.length - (count - found.length))));
    if (found.length >= count) break;
  }
  return found;
}

/**
 * The offsets of a tile at which anything is recorded, ascending, from its manifest. Only of a tile in which points were
 * deleted since its runs were merged, points are read.
 */
export async function recordedOffsets(
  context: StoreContext,
  { content }: TileVersion,
  options: Pick<ReadOptions, "signal">,
): Promise<number[]> {
  const isRecorded = new Set(content.runs.flatMap(({ recorded }) => recorded));
  const offsets = [...isRecorded].sort((left, right) => left - right);
  if (content.runs.every(({ deleted }, place) => place === 0 || deleted === 0)) return offsets;
  const view = await viewTile(context, content, options);
  const rows = allRows(view.table);
  const { signal } = options;
  const remaining = new Set<number>();
  const pieces = readPoints(context, view, rows, { offsets, pieceBytes: PIECE_BYTES, signal });
  for await (const { states } of pieces) {
    for (const [at, state] of states.entries()) {
      if (state === POINT.value || state === POINT.invalid) remaining.add(at % offsets.length);
    }
  }
  return offsets.filter((_, column) => remaining.has(column));
}
