/**
 * Which estimator of the CRPS.
 *
 * - `plain`: E|x - y| less half the mean |x - x'| over all pairs, each member with itself included. It is the score of
 *   the empirical distribution, and what the network uses.
 * - `fair`: the same with the mean over pairs of different members (Ferro 2014, "Fair scores for ensemble forecasts"),
 *   so that the score does not depend on the number of members on average. Not defined for fewer than two.
 */
export type CrpsEstimator = "plain" | "fair";

/** Weights of the terms of {@link sortedCrps}: of the steps between sorted members, by how many are below. */
export interface CrpsWeights {
  readonly count: number;
  readonly estimator: CrpsEstimator;
  /** `[count + 1]`: up to the observation. */
  readonly below: Float64Array;
  /** `[count + 1]`: behind it. */
  readonly above: Float64Array;
}

/**
 * The integrand of the CRPS between two sorted members, with F the share of members below: F² up to the observation and
 * (F - 1)² behind it. The fair estimator has F(1 - F) / (count - 1) less.
 *
 * @param count members, at least 1
 */
export function crpsWeights(count: number, estimator: CrpsEstimator): CrpsWeights {
  const below = new Float64Array(count + 1);
  const above = new Float64Array(count + 1);
  const share = 1 / count;
  // Added up, not multiplied: the order of operations is part of the score's definition.
  let forecast = 0;
  for (let index = 0; index <= count; index += 1) {
    const spread = estimator === "fair" ? (forecast * (1 - forecast)) / (count - 1) : 0;
    below[index] = forecast * forecast - spread;
    above[index] = (forecast - 1) * (forecast - 1) - spread;
    forecast += share;
  }
  return { count, estimator, below, above };
}
