import type { StoreContext } from "../store-context.ts";
import { openTile, type TileRef, type TileVersion } from "../tile/tile-version.ts";
import { viewTile, type TileView } from "../tile/tile-view.ts";
import { isTraceStoreError } from "../trace-store-error.ts";
import { liveRows } from "./live-rows.ts";
import type { PositionRange, ReadOptions } from "./read-options.ts";
import { wantedRows, type CheckedSelection } from "./select-rows.ts";
import { wantedTiles, type WantedTilesOptions } from "./wanted-tiles.ts";

/** A tile and the rows of it that are wanted. */
export interface SelectedTile {
  readonly version: TileVersion;
  readonly view: TileView;
  /** Ascending. */
  readonly rows: Uint32Array;
}

/** One tile's view, and which of its rows are wanted. */
export async function selectInTile(
  context: StoreContext,
  ref: TileRef,
  selection: CheckedSelection,
  options: Pick<ReadOptions, "signal">,
): Promise<SelectedTile> {
  const version = await openTile(context, ref, options);
  const view = await viewTile(context, version.content, options);
  const rows = await liveRows(context, view, wantedRows(view, selection), options);
  return { version, view, rows };
}

/** The tiles of a range with the rows that are wanted; those that are damaged are told and left out. */
export async function* selectedTiles(
  context: StoreContext,
  range: PositionRange,
  selection: CheckedSelection,
  options: WantedTilesOptions,
): AsyncGenerator<SelectedTile, void, undefined> {
  for await (const ref of wantedTiles(context, range, options)) {
    const selected = await unlessDamaged(options, () =>
      selectInTile(context, ref, selection, options),
    );
    if (selected !== undefined) yield selected;
  }
}

/** What `read` gives; `undefined` when a tile is damaged and somebody wants to be told. */
export async function unlessDamaged<T>(
  { onDamaged }: Pick<ReadOptions, "onDamaged">,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (onDamaged === undefined || !isTraceStoreError(error, "tile-damaged")) throw error;
    onDamaged(error);
    return undefined;
  }
}
