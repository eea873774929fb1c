import type { CallOptions } from "@foretile/storage";
import type { Library } from "@foretile/version-store";
import type { TraceQuery } from "./query/trace-query.ts";
import type {
  NewestOptions,
  PositionRange,
  ReadBlocksOptions,
  ReadMatrixOptions,
  ReadOptions,
  ReadTileOptions,
  SetAsOf,
} from "./read/read-options.ts";
import type {
  LatestPoints,
  SameValue,
  TileSummary,
  Trace,
  TraceBlock,
  TraceMatrix,
  TraceOptions,
} from "./read/trace-block.ts";
import type {
  AppendColumnsResult,
  AppendResult,
  ChangeOptions,
  TileChange,
  TraceColumns,
  TraceEntry,
} from "./trace-entry.ts";
import type { TraceValueType } from "./trace-values.ts";

/** What a trace set was made with, for good. */
export interface TraceSetConfig<V extends TraceValueType = TraceValueType> {
  readonly set: string;
  readonly valueType: V;
  /** Positions of a tile. */
  readonly tileSize: number;
}

/**
 * Series of values by params: each trace is a map of texts, such as `{ asset: "BTC", miner: "1042" }`, and has at most
 * one point at each position 0, 1, 2, and so on.
 *
 * Consecutive positions make a tile. Each tile is one symbol of a library, and each change one version of it: all of an
 * append becomes visible at once, or nothing. Writers may be many; what was committed later hides what was committed
 * earlier, whatever their clocks say.
 *
 * A read that goes over several tiles takes one version of each. Reads with the same `asOf` of a snapshot are of one
 * state of the set.
 *
 * Every call may throw, beside what it says: `tile-damaged`, `tile-expired`, `format-too-new`, `tile-size-mismatch` and
 * `value-type-mismatch` for a tile; and, as they are, the errors of the library (`commit-outcome-unknown`,
 * `no-such-snapshot`, …) and of its store.
 */
export interface TraceStore<V extends TraceValueType = TraceValueType> {
  readonly config: TraceSetConfig<V>;
  /** The library whose symbols the tiles are: for snapshots, retention, collection and checks. */
  readonly library: Library;

  /**
   * Records points of many traces at one position, all visible together. An entry that cannot be stored does not keep the
   * others from being stored; `results` says what became of each. The same entries again change nothing that can be read.
   *
   * @param entries only read until the promise settles
   * @throws {TraceStoreError} `invalid-position`; `too-large` for more than 2^20 entries or 64 MiB
   */
  append(
    position: number,
    entries: Iterable<TraceEntry<V>>,
    options?: ChangeOptions,
  ): Promise<AppendResult>;

  /**
   * Records points from arrays, at one or more positions of one tile, all visible together.
   *
   * @throws {TraceStoreError} `invalid-position`, also for positions of two tiles; `invalid-argument` for arrays of a
   *   wrong length or with what is no value or state; `too-large`
   */
  appendColumns(columns: TraceColumns<V>, options?: ChangeOptions): Promise<AppendColumnsResult>;

  /**
   * One tile, or the wanted traces of it, as one block.
   *
   * @returns `undefined` when the tile has no data of the wanted traces
   * @throws {TraceStoreError} `invalid-position`, `too-large`
   */
  readTile(tile: number, options?: ReadTileOptions): Promise<TraceBlock<V> | undefined>;

  /**
   * Points of a range of positions as a stream of blocks in bounded memory: tile after tile, oldest first, and in each
   * tile the traces in order of their ids. Traces without any point in a tile are not in its blocks; those that only
   * have none in the range are.
   *
   * @throws {TraceStoreError} from the iteration: `invalid-argument` for a range that is reversed or negative
   */
  readRange(
    from: number,
    to: number,
    options?: ReadBlocksOptions,
  ): AsyncGenerator<TraceBlock<V>, void, undefined>;

  /** As {@link readRange}, for the traces that meet conditions. Default range: all positions. */
  query(
    where: TraceQuery,
    options?: ReadBlocksOptions & Partial<PositionRange>,
  ): AsyncGenerator<TraceBlock<V>, void, undefined>;

  /**
   * The points of {@link readRange} in one matrix with a column for each position.
   *
   * @throws {TraceStoreError} `too-large`, `invalid-argument`
   */
  readMatrix(from: number, to: number, options?: ReadMatrixOptions): Promise<TraceMatrix<V>>;

  /**
   * The newest `count` positions at which anything was recorded, ascending; fewer when there are not so many. Reads one
   * document a tile, newest first, and none beyond what is needed.
   */
  densePositions(count: number, options?: ReadOptions): Promise<readonly number[]>;

  /**
   * The points at the newest `count` positions with data in one matrix. With `where`, the positions are still those at
   * which any trace has data.
   *
   * @throws {TraceStoreError} `too-large`, `invalid-argument`
   */
  readDense(count: number, options?: ReadMatrixOptions): Promise<TraceMatrix<V>>;

  /** The newest point, valid or invalid, of each trace that has one in the newest tiles. */
  latest(options?: NewestOptions): Promise<LatestPoints<V>>;

  /** The traces that have a point in a range's tiles, each once, in order of their ids. Default range: all positions. */
  traces(options?: ReadOptions & Partial<PositionRange>): Promise<readonly Trace[]>;

  /**
   * Every key with all its values, in order of their bytes, of the traces that have a point in a range's tiles. Default
   * range: all positions.
   */
  paramSet(
    options?: ReadOptions & Partial<PositionRange>,
  ): Promise<Readonly<Record<string, readonly string[]>>>;

  /** How many traces have a point in a range's tiles. Default range: all positions. */
  count(options?: ReadOptions & Partial<PositionRange>): Promise<number>;

  /** What is said about traces beside their values: what came with the highest position of the newest tiles. */
  options(options?: NewestOptions): Promise<readonly TraceOptions[]>;

  /**
   * Which traces have the very same value at a position, bit for bit: groups of two or more, the largest first.
   *
   * @throws {TraceStoreError} `invalid-position`
   */
  same(position: number, options?: ReadOptions): Promise<readonly SameValue<V>[]>;

  /**
   * Deletes what these traces have at a position. They read as deleted until something is recorded there again; earlier
   * versions of the tile still have it.
   *
   * @param ids as made by `encodeTraceId`
   * @throws {TraceStoreError} `invalid-position`; `invalid-argument` for what is no id
   */
  deletePoints(
    position: number,
    ids: Iterable<string>,
    options?: ChangeOptions,
  ): Promise<TileChange>;

  /**
   * Deletes what the traces that meet the conditions have in a range, and what is said about them there. A trace that
   * has nothing left in a tile is no longer in it. One change for each tile, newest first.
   *
   * @returns the tiles that were changed
   * @throws {TraceStoreError} `invalid-query` when there are no conditions at all: delete tiles instead
   */
  deleteTraces(
    where: TraceQuery,
    options?: ChangeOptions & Partial<PositionRange>,
  ): Promise<readonly TileChange[]>;

  /**
   * Deletes a tile with its versions, as a library deletes a symbol: what snapshots pin stays readable by them, and
   * `undeleteTile` takes it back until a collection took it or something was recorded in it.
   *
   * @returns `false` when there was no such tile
   */
  deleteTile(tile: number, options?: ChangeOptions): Promise<boolean>;

  /** Takes the deletion of a tile back. */
  undeleteTile(tile: number, options?: CallOptions): Promise<void>;

  /**
   * Deletes all tiles whose positions are all before `position`: ageing out.
   *
   * @returns the tiles that were deleted
   */
  deleteTilesBefore(position: number, options?: ChangeOptions): Promise<readonly number[]>;

  /** The tiles with data, newest first. */
  listTiles(
    options?: Pick<ReadOptions, "signal" | "onDamaged"> & {
      readonly asOf?: SetAsOf | undefined;
    } & Partial<PositionRange>,
  ): AsyncGenerator<TileSummary, void, undefined>;

  /**
   * Merges all runs of a tile into one. Nothing that can be read changes. A tile is merged like this by itself once all
   * its positions have data; this is for those that stay sparse.
   */
  compactTile(tile: number, options?: CallOptions): Promise<TileChange>;
}
