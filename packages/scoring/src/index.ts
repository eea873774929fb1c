/**
 * CRPS of ensembles and everything after it: prompt scores, moving averages, weights. Numbers in, numbers out.
 *
 * ```ts
 * import { promptScores, realizedPath, ScoreWorkspace, scoreTile } from "@foretile/scoring";
 *
 * const grid = { startUnixSeconds: 1512475200, timeIncrementSeconds: 300, steps: 289 };
 * const realized = realizedPath(candles, grid);
 * if (realized.status === "covered") {
 *   const rules = { timeIncrementSeconds: 300, intervals: { "5min": 300, "24hour_abs": 86400 } };
 *   const workspace = new ScoreWorkspace();
 *   const scores = tiles.map((tile) =>
 *     scoreTile(tile, { simulations: 1000, steps: 289 }, realized.path, rules, workspace),
 *   );
 *   promptScores(scores.map((score) => (score.status === "scored" ? score.crps : undefined)));
 * }
 * ```
 *
 * The formulas are in `docs/scoring.md`.
 *
 * @module
 */

export { crps, fairCrps } from "./crps.ts";
export type { CrpsEstimator } from "./crps-weights.ts";
export {
  type MovingAverage,
  type MovingAverageOptions,
  movingAverages,
  type ScoreRow,
} from "./moving-averages.ts";
export { promptScores, type PromptScores } from "./prompt-scores.ts";
export { type Candle, realizedPath, type RealizedPath, type TimeGrid } from "./realized-path.ts";
export { combineLabels, type Reward, type RewardOptions, rewardWeights } from "./reward-weights.ts";
export {
  type Evaluation,
  scoreTile,
  scoreTileDetailed,
  type ScoringRules,
  type TileScore,
  type TileShape,
  type TileValues,
} from "./score-tile.ts";
export { ScoreWorkspace, type ScoreWorkspaceOptions } from "./score-workspace.ts";
export { isScoringError, ScoringError, type ScoringErrorCode } from "./scoring-error.ts";
export { isScorable, nextMinute, type ScoringMoment } from "./scoring-time.ts";
export { softmax } from "./softmax.ts";
export { toU16Weights } from "./u16-weights.ts";
