import { type ScoreWorkspace, scoreTile } from "@foretile/scoring";

import type { ScoringJob, TileOutcome } from "./tile-scorer.ts";

/** What the values of a tile come from, as far as its score depends on it. */
export interface ScoredTile {
  readonly minerId: number;
  /** float32 `[steps, simulations]` row-major. */
  readonly values: Float32Array;
  readonly shape: { readonly simulations: number; readonly steps: number };
  readonly timeIncrementSeconds: number;
}

/** Scores an intact tile, wherever it was read. */
export function scoreValues(
  { minerId, values, shape, timeIncrementSeconds }: ScoredTile,
  { prices, intervals }: Pick<ScoringJob, "prices" | "intervals">,
  workspace: ScoreWorkspace,
): TileOutcome {
  const score = scoreTile(values, shape, prices, { timeIncrementSeconds, intervals }, workspace);
  if (score.status === "scored") {
    return { status: "scored", minerId, crps: score.crps, intervals: score.intervals };
  }
  const reason = score.reason === "zero-price" ? "zero_price" : "score_not_finite";
  return { status: "invalid", minerId, reason };
}
