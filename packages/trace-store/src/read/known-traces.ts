import { compareUtf8 } from "@foretile/keyspace";
import type { StoreContext } from "../store-context.ts";
import { checkRange } from "../tile/positions.ts";
import { newestTiles } from "./newest-tiles.ts";
import { optionsOfTile, paramsOf } from "./read-blocks.ts";
import type { NewestOptions, PositionRange, ReadOptions } from "./read-options.ts";
import { checkSelection } from "./select-rows.ts";
import { selectedTiles, type SelectedTile } from "./selected-tiles.ts";
import type { Trace, TraceOptions } from "./trace-block.ts";

/** The traces of a range's tiles. See `TraceStore.traces`. */
export async function traces(
  context: StoreContext,
  options: ReadOptions & Partial<PositionRange>,
): Promise<readonly Trace[]> {
  const found = new Map<string, Trace>();
  for await (const { view, rows } of tilesOf(context, options)) {
    for (const row of rows) {
      const id = view.table.idOf(row);
      if (!found.has(id)) found.set(id, { id, params: view.table.paramsOfRow(row) });
    }
  }
  return [...found.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** How many traces a range's tiles have. See `TraceStore.count`. */
export async function count(
  context: StoreContext,
  options: ReadOptions & Partial<PositionRange>,
): Promise<number> {
  let sole: SelectedTile | undefined;
  let ids: Set<string> | undefined;
  for await (const tile of tilesOf(context, options)) {
    if (sole === undefined) {
      sole = tile;
      continue;
    }
    ids ??= new Set(idsOf(sole));
    for (const id of idsOf(tile)) ids.add(id);
  }
  return ids?.size ?? sole?.rows.length ?? 0;
}

/** Keys and values of a range's tiles. See `TraceStore.paramSet`. */
export async function paramSet(
  context: StoreContext,
  options: ReadOptions & Partial<PositionRange>,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const found = new Map<string, Set<string>>();
  for await (const tile of tilesOf(context, options)) {
    const { table } = tile.view;
    const { keys, values } = table.content;
    for (const pair of pairsOf(tile)) {
      const key = keys[table.keyOfPair(pair)] as string;
      const own = found.get(key) ?? new Set();
      found.set(key, own.add(values[pair] as string));
    }
  }
  return Object.fromEntries(
    [...found]
      .sort(([left], [right]) => compareUtf8(left, right))
      .map(([key, values]) => [key, [...values].sort(compareUtf8)]),
  );
}

/** What is said about traces beside their values. See `TraceStore.options`. */
export async function traceOptions(
  context: StoreContext,
  options: NewestOptions,
): Promise<readonly TraceOptions[]> {
  const { tileSize } = context.config;
  const found = new Map<string, TraceOptions>();
  for await (const { view, rows } of newestTiles(context, options)) {
    const said = optionsOfTile(view);
    for (const row of rows) {
      const id = view.table.idOf(row);
      const own = said.get(row);
      if (own === undefined || found.has(id)) continue;
      const position = view.tile * tileSize + own.offset;
      found.set(id, { id, position, options: paramsOf(own.text) ?? {} });
    }
  }
  return [...found.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function tilesOf(
  context: StoreContext,
  options: ReadOptions & Partial<PositionRange>,
): AsyncGenerator<SelectedTile, void, undefined> {
  const range = checkRange(options, context.config.tileSize);
  const selection = checkSelection(options);
  return selectedTiles(context, range, selection, { ...options, order: "oldest" });
}

function idsOf({ view, rows }: SelectedTile): string[] {
  return view.table.idsOf(rows);
}

/** The pairs that any of the wanted rows has. */
function pairsOf({ view, rows }: SelectedTile): Iterable<number> {
  const { table } = view;
  if (rows.length === table.rows) return table.content.values.keys();
  const pairs = new Set<number>();
  for (const row of rows) for (const pair of table.pairsOfRow(row)) pairs.add(pair);
  return pairs;
}
