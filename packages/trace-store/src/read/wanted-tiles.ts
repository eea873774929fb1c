import type { CallOptions } from "@foretile/storage";
import type { StoreContext } from "../store-context.ts";
import { tilePrefix, tileOfSymbol } from "../tile/tile-symbol.ts";
import { resolveTile, type TileRef } from "../tile/tile-version.ts";
import { isTraceStoreError, TraceStoreError } from "../trace-store-error.ts";
import { inOrder } from "./in-order.ts";
import type { PositionRange, ReadOptions, SetAsOf } from "./read-options.ts";

/** So many tiles are asked for one by one rather than found by listing. */
const MAX_ASKED_TILES = 32;

/** So many records are read at a time, one by one. */
const MAX_REQUESTS = 8;

/** So many records are read at a time when they are listed. */
const MAX_BATCH = 100;

export interface WantedTilesOptions extends CallOptions, Pick<ReadOptions, "onDamaged"> {
  readonly asOf?: SetAsOf | undefined;
  readonly order: "newest" | "oldest";
  /** How many tiles will do, if that is known: about so many records are read at a time. */
  readonly expected?: number | undefined;
}

/**
 * The tiles that a range touches and that there are, each as its symbol's record tells it. A long range is listed,
 * newest first: whoever ends the iteration early has read no further.
 */
export async function* wantedTiles(
  context: StoreContext,
  range: PositionRange,
  options: WantedTilesOptions,
): AsyncGenerator<TileRef, void, undefined> {
  const { tileSize } = context.config;
  const first = Math.floor(range.from / tileSize);
  const end = range.from === range.to ? first : Math.ceil(range.to / tileSize);
  if (end - first <= MAX_ASKED_TILES) {
    const tiles = Array.from({ length: end - first }, (_, index) => first + index);
    yield* asked(context, options.order === "newest" ? tiles.toReversed() : tiles, options);
    return;
  }
  const listed = inRange(listTiles(context, options), first, end);
  if (options.order === "newest") {
    yield* listed;
    return;
  }
  const tiles: TileRef[] = [];
  for await (const ref of listed) tiles.push(ref);
  yield* tiles.toReversed();
}

async function* inRange(
  tiles: AsyncIterable<TileRef>,
  first: number,
  end: number,
): AsyncGenerator<TileRef, void, undefined> {
  for await (const ref of tiles) {
    if (ref.tile < first) return;
    if (ref.tile < end) yield ref;
  }
}

/** Newest first. */
async function* listTiles(
  context: StoreContext,
  options: WantedTilesOptions,
): AsyncGenerator<TileRef, void, undefined> {
  const { library, config } = context;
  const { asOf, expected = MAX_BATCH, signal } = options;
  const batchSize = Math.min(Math.max(1, expected), MAX_BATCH);
  const snapshot = snapshotOf(asOf);
  const isTime = asOf !== undefined && snapshot === undefined;
  const prefix = tilePrefix(config.set);
  const batches = library.listSymbols({
    prefix,
    snapshot,
    includeDeleted: isTime,
    batchSize,
    signal,
  });
  for await (const batch of batches) {
    const tiles: number[] = [];
    for (const listed of batch) {
      const tile = tileOfSymbol(listed.symbol ?? listed.key);
      if (tile === undefined) continue;
      if (listed.symbol === undefined) tellDamage(context, tile, listed.error, options);
      else if (isTime) tiles.push(tile);
      else yield { tile, entry: listed.newest };
    }
    yield* asked(context, tiles, options);
  }
}

async function* asked(
  context: StoreContext,
  tiles: readonly number[],
  options: WantedTilesOptions,
): AsyncGenerator<TileRef, void, undefined> {
  const { asOf, signal } = options;
  const resolve = async (tile: number): Promise<TileRef | TraceStoreError | undefined> => {
    try {
      return await resolveTile(context, tile, { asOf, signal });
    } catch (error) {
      if (isTraceStoreError(error, "tile-damaged")) return error;
      throw error;
    }
  };
  for await (const found of inOrder(tiles, resolve, MAX_REQUESTS)) {
    if (found === undefined) continue;
    if (found instanceof TraceStoreError) tell(found, options);
    else yield found;
  }
}

function tellDamage(
  { config }: StoreContext,
  tile: number,
  cause: Error,
  options: WantedTilesOptions,
): void {
  const message = `record of a tile is damaged set=${config.set} tile=${tile}`;
  tell(
    new TraceStoreError("tile-damaged", message, { cause, details: { set: config.set, tile } }),
    options,
  );
}

function tell(error: TraceStoreError, { onDamaged }: WantedTilesOptions): void {
  if (onDamaged === undefined) throw error;
  onDamaged(error);
}

function snapshotOf(asOf: SetAsOf | undefined): string | undefined {
  if (typeof asOf === "string") return asOf;
  return asOf !== undefined && "snapshot" in asOf ? asOf.snapshot : undefined;
}
