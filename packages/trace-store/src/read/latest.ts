import type { StoreContext } from "../store-context.ts";
import { PointValues } from "../values/point-values.ts";
import { newestTiles } from "./newest-tiles.ts";
import type { NewestOptions } from "./read-options.ts";
import type { SelectedTile } from "./selected-tiles.ts";
import type { LatestPoints } from "./trace-block.ts";

/** The newest point of each trace. See `TraceStore.latest`. */
export async function latest(context: StoreContext, options: NewestOptions): Promise<LatestPoints> {
  const { valueType, tileSize } = context.config;
  /** Where each trace was found first, which is where it is newest. */
  const found = new Map<string, { readonly tile: SelectedTile; readonly row: number }>();
  for await (const tile of newestTiles(context, options)) {
    const { ids } = tile.view.table;
    for (const row of tile.rows) {
      const id = ids[row] as string;
      if (!found.has(id)) found.set(id, { tile, row });
    }
  }
  const ids = [...found.keys()].sort();
  const positions = new Float64Array(ids.length);
  const states = new Uint8Array(ids.length);
  const values = PointValues.create(valueType, ids.length);
  for (const [index, id] of ids.entries()) {
    const at = found.get(id);
    if (at === undefined) continue;
    const { view, latest: newest } = at.tile;
    positions[index] = view.tile * tileSize + (newest.offsets[at.row] as number);
    states[index] = newest.states[at.row] as number;
    values.copy(newest.values, at.row, index, 1);
  }
  return { ids, positions, states, values: values.expose() };
}
