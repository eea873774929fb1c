import { stepCount, type ForecastRequest } from "@foretile/prediction-store";
import { scoreTile, type ScoreWorkspace } from "@foretile/scoring";

/** The validator scores what it was sent, we what fits in float32: that makes a few millionths. */
const TOLERANCE = 1e-4;

export interface Rescoring {
  /** float32 `[steps, simulations]` row-major. */
  readonly tile: Float32Array;
  readonly request: ForecastRequest;
  /** Seconds by name, as in the label. */
  readonly intervals: Readonly<Record<string, number>>;
  /** Realized prices by step, NaN where missing. */
  readonly prices: Float64Array;
  /** What the validator computed. */
  readonly totalCrps: number;
  readonly workspace: ScoreWorkspace;
}

/**
 * Scores a tile with the validator's prices and compares the sum.
 *
 * @returns in plain words what is different; `undefined` when nothing is
 */
export function scoredOtherwise(rescoring: Rescoring): string | undefined {
  const { tile, request, intervals, prices, totalCrps, workspace } = rescoring;
  const { simulations, timeIncrementSeconds } = request;
  const steps = stepCount(request);
  if (prices.length !== steps) return `it has ${prices.length} prices instead of ${steps}`;
  const rules = { timeIncrementSeconds, intervals };
  const score = scoreTile(tile, { simulations, steps }, prices, rules, workspace);
  if (score.status !== "scored")
    return `it has no score reason=${score.reason} theirs=${totalCrps}`;
  const isSame = Math.abs(score.crps - totalCrps) <= TOLERANCE * Math.max(1, Math.abs(totalCrps));
  return isSame ? undefined : `it has another score ours=${score.crps} theirs=${totalCrps}`;
}
