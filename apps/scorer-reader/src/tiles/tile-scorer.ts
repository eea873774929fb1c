import type { TileRun } from "@foretile/prediction-store";

/** What became of one miner's tile. Plain data: it crosses threads. */
export type TileOutcome =
  | {
      readonly status: "scored";
      readonly minerId: number;
      /** Sum of the intervals, in basis points. */
      readonly crps: number;
      /** Sum per interval that has an observed change, in the order of the label. */
      readonly intervals: Readonly<Record<string, number>>;
    }
  /** The tile is intact, its numbers have no score. */
  | {
      readonly status: "invalid";
      readonly minerId: number;
      readonly reason: "zero_price" | "score_not_finite";
    }
  /** The tile is damaged: the store's loss and not the miner's. */
  | { readonly status: "damaged"; readonly minerId: number; readonly message: string };

/** All that scoring the tiles of a request takes, besides the tiles. Plain data: it crosses threads. */
export interface ScoringJob {
  readonly key: string;
  readonly version: number;
  /** Realized prices `[steps]`, NaN where missing. */
  readonly prices: Float64Array;
  /** Seconds by name, as in the label. */
  readonly intervals: Readonly<Record<string, number>>;
}

export interface ScoreTilesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many more tiles are done. */
  readonly onScored?: ((count: number) => void) | undefined;
}

/** Reads tiles from the store and scores them, on one thread or several: the numbers are the same. */
export interface TileScorer extends AsyncDisposable {
  /**
   * One job at a time.
   *
   * @param runs miners whose answers are valid; tiles of one run are read together
   * @returns one outcome for each tile, in the order of `runs`
   * @throws the store's errors other than damage; {@link WorkerPoolError}; the signal's reason
   */
  score(
    job: ScoringJob,
    runs: readonly Pick<TileRun, "minerIds">[],
    options?: ScoreTilesOptions,
  ): Promise<readonly TileOutcome[]>;

  /**
   * Closes the store until there are more tiles to score. What was read of a store in a file counts as the process's
   * memory for as long as anybody in the process has it open.
   */
  release(): Promise<void>;
}
