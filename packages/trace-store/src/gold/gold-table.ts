import type { TraceParams } from "@foretile/keyspace";
import type { CallOptions, RowStore } from "@foretile/storage";
import type { SameValue } from "../read/trace-block.ts";
import type { DeleteGoldTileOptions } from "./delete-tile.ts";
import type { GoldBlock, GoldMatrix } from "./gold-block.ts";
import type { GoldEntry, GoldPutOptions, GoldPutResult } from "./gold-entry.ts";
import type { ReadGoldOptions } from "./read-block.ts";
import type { ReadGoldDenseOptions } from "./read-matrix.ts";
import type { GoldSeries } from "./read-trace.ts";

/**
 * A table in the layout of Skia Gold's trace store: digests of 16 bytes by params and position, in tiles of 256
 * positions. Gold reads what is written here, and what Gold wrote is read.
 *
 * Rows of a call become visible one by one, not all at once, and there are no versions: series of one's own belong into
 * a `TraceStore`. Every call may throw the errors of the row store as they are, and `tile-damaged` for a dictionary that
 * cannot be read. A row or a cell that cannot be read is left out, and told in `problems`.
 */
export interface GoldTable {
  /** The table whose rows these are. */
  readonly rows: RowStore;

  /**
   * Writes points at one position. Rows that fail are tried again, with growing waits, and told in the end. The same put
   * again changes nothing, so what failed can be repeated.
   *
   * Of entries with the same params the first one is stored.
   *
   * @param entries only read until the promise settles
   * @throws {TraceStoreError} `invalid-position`; `invalid-argument` for times; `too-large` for more than 2^20 entries;
   *   `conflict` when others changed the dictionary each time, before any row was written
   */
  put(
    position: number,
    entries: Iterable<GoldEntry>,
    options: GoldPutOptions,
  ): Promise<GoldPutResult>;

  /** The tiles that have a dictionary, the newest first. */
  tiles(options?: CallOptions): AsyncGenerator<number, void, undefined>;

  /**
   * One tile as one block, its traces in order of their ids; no ids when it has no rows.
   *
   * @throws {TraceStoreError} `invalid-position`, `too-large`
   */
  readTile(tile: number, options?: ReadGoldOptions): Promise<GoldBlock>;

  /**
   * Positions `from` ≤ position < `to` as a stream of blocks: tile after tile, oldest first, and each tile in several
   * blocks, which together have all its traces once.
   *
   * @throws {TraceStoreError} from the iteration: `invalid-position`, `invalid-argument`, `too-large`
   */
  readRange(
    from: number,
    to: number,
    options?: ReadGoldOptions,
  ): AsyncGenerator<GoldBlock, void, undefined>;

  /**
   * Positions `from` ≤ position < `to` in one matrix with a column for each position.
   *
   * @throws {TraceStoreError} `invalid-position`, `invalid-argument`, `too-large`
   */
  readMatrix(from: number, to: number, options?: ReadGoldOptions): Promise<GoldMatrix>;

  /**
   * The newest `count` positions at which any trace has a digest, in one matrix; fewer when there are not so many. Reads
   * tiles newest first, none without a dictionary, and none beyond what is needed.
   *
   * @throws {TraceStoreError} `invalid-position`, `invalid-argument`, `too-large`
   */
  readDense(count: number, options?: ReadGoldDenseOptions): Promise<GoldMatrix>;

  /**
   * One trace at positions `from` ≤ position < `to`: one row of each tile.
   *
   * @throws {TraceStoreError} `invalid-position`, `invalid-argument`
   */
  readTrace(
    params: TraceParams,
    from: number,
    to: number,
    options?: CallOptions,
  ): Promise<GoldSeries>;

  /**
   * Which traces have the very same digest at a position: groups of two or more, the largest first.
   *
   * @throws {TraceStoreError} `invalid-position`
   */
  same(position: number, options?: CallOptions): Promise<readonly SameValue<"digest">[]>;

  /**
   * Deletes the rows of all traces of a tile. Repeated, it goes on where it was cut off. The dictionary stays, so that no
   * writer names a trace by numbers that mean nothing.
   *
   * @returns how many rows there were
   * @throws {TraceStoreError} `invalid-position`
   */
  deleteTile(tile: number, options?: DeleteGoldTileOptions): Promise<number>;
}
