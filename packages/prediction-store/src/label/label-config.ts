/**
 * What a label's requests look like, and how their answers are scored and kept. Configuration data: a store carries the
 * labels it was set up with, and nothing in the code knows a label by its name.
 */
export interface LabelConfig {
  /** Name, printable ASCII. Always given, never guessed from a length: two labels may have the same sizes. */
  readonly label: string;
  /** Seconds from the first step to the horizon of every request. */
  readonly timeLengthSeconds: number;
  /** Seconds between two steps of every request. */
  readonly timeIncrementSeconds: number;
  /** Paths of every answer. */
  readonly simulations: number;
  /**
   * Seconds of the price changes that are scored, by name, in the order their scores are summed. A name that ends in
   * `_abs` scores prices instead of changes, one that ends in `_gaps` only the first change.
   */
  readonly intervals: Readonly<Record<string, number>>;
  /** Assets that are asked for, in the order of their turns. */
  readonly assets: readonly string[];
  /** Weight of an asset's prompt scores in the moving average; 1 for an asset that is not here. */
  readonly assetCoefficients: Readonly<Record<string, number>>;
  /** Days of prompt scores that a moving average covers. */
  readonly windowDays: number;
  /** Factor of the moving averages in the softmax; negative, so that a smaller average weighs more. */
  readonly softmaxBeta: number;
  /** This label's part of all weights, above 0 and at most 1. */
  readonly emissionShare: number;
  /** Days until a request's tiles are dropped. */
  readonly retentionDays: number;
  /** Minutes after its start from which a request may be thinned. */
  readonly thinAfterMinutes: number;
  /** Of the requests of one asset in a bucket of so many seconds, one survives thinning. */
  readonly thinBucketSeconds: number;
}
