import type { StoreContext } from "../store-context.ts";
import { checkRange } from "../tile/positions.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import type { NewestOptions } from "./read-options.ts";
import { checkSelection } from "./select-rows.ts";
import { selectedTiles, type SelectedTile } from "./selected-tiles.ts";

const DEFAULT_TILES = 2;

/** The newest tiles, newest first, with the rows that are wanted of each. */
export async function* newestTiles(
  context: StoreContext,
  options: NewestOptions,
): AsyncGenerator<SelectedTile, void, undefined> {
  const { tiles = DEFAULT_TILES } = options;
  if (!Number.isInteger(tiles) || tiles < 1) {
    throw new TraceStoreError(
      "invalid-argument",
      `tiles must be a whole number of at least 1 tiles=${tiles}`,
    );
  }
  const range = checkRange({}, context.config.tileSize);
  const selection = checkSelection(options);
  let count = 0;
  for await (const tile of selectedTiles(context, range, selection, {
    ...options,
    order: "newest",
    expected: tiles,
  })) {
    yield tile;
    count += 1;
    if (count >= tiles) return;
  }
}
