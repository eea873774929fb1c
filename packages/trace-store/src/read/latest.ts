import type { StoreContext } from "../store-context.ts";
import { PointValues } from "../values/point-values.ts";
import { latestOfTile, type TileLatest } from "./latest-of-tile.ts";
import { newestTiles } from "./newest-tiles.ts";
import type { NewestOptions } from "./read-options.ts";
import type { SelectedTile } from "./selected-tiles.ts";
import type { LatestPoints } from "./trace-block.ts";

/** Traces in order of their ids, each with the tile in which it is newest, and its row there. */
interface FoundTraces {
  readonly ids: readonly string[];
  /** Place of the tile in the list of tiles. */
  readonly tiles: Uint32Array;
  readonly rows: Uint32Array;
}

/** The newest point of each trace. See `TraceStore.latest`. */
export async function latest(context: StoreContext, options: NewestOptions): Promise<LatestPoints> {
  const { valueType, tileSize } = context.config;
  const tiles: SelectedTile[] = [];
  const newestOf: TileLatest[] = [];
  for await (const tile of newestTiles(context, options)) {
    tiles.push(tile);
    newestOf.push(await latestOfTile(context, tile.view, tile.rows, options));
  }
  const { ids, tiles: places, rows } = find(tiles);
  const positions = new Float64Array(ids.length);
  const states = new Uint8Array(ids.length);
  const values = PointValues.create(valueType, ids.length);
  for (let index = 0; index < ids.length; index += 1) {
    const place = places[index] as number;
    const { view } = tiles[place] as SelectedTile;
    const newest = newestOf[place] as TileLatest;
    const row = rows[index] as number;
    positions[index] = view.tile * tileSize + (newest.offsets[row] as number);
    states[index] = newest.states[row] as number;
    values.copy(newest.values, row, index, 1);
  }
  return { ids, positions, states, values: values.expose() };
}

/** @param tiles newest first */
function find(tiles: readonly SelectedTile[]): FoundTraces {
  const lists = tiles.map(({ view, rows }) => view.table.idsOf(rows));
  const next = tiles.map(() => 0);
  const most = lists.reduce((sum, { length }) => sum + length, 0);
  const found = { tiles: new Uint32Array(most), rows: new Uint32Array(most) };
  const ids: string[] = [];
  for (;;) {
    // Ids come in order in each tile; of equal ones the newest tile's is met first.
    let lowest: string | undefined;
    let from = 0;
    for (const [place, list] of lists.entries()) {
      const id = list[next[place] as number];
      if (id === undefined || (lowest !== undefined && id >= lowest)) continue;
      lowest = id;
      from = place;
    }
    if (lowest === undefined) {
      const { length } = ids;
      return { ids, tiles: found.tiles.subarray(0, length), rows: found.rows.subarray(0, length) };
    }
    found.tiles[ids.length] = from;
    found.rows[ids.length] = tiles[from]?.rows[next[from] as number] as number;
    ids.push(lowest);
    for (const [place, list] of lists.entries()) {
      const at = next[place] as number;
      if (list[at] === lowest) next[place] = at + 1;
    }
  }
}
