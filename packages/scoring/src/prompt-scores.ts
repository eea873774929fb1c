import { ScoringError } from "./scoring-error.ts";

/**
 * The scores of one request, lower is better, the best is 0.
 *
 * - `scored`: `scores` has one entry per total, in order. `percentile90` is the cap and the score (before subtraction)
 *   of an invalid or missing answer, `lowest` the best total.
 * - `none-valid`: no total at all, so nothing can be said about anyone.
 */
export type PromptScores =
  | {
      readonly status: "scored";
      readonly scores: readonly number[];
      readonly percentile90: number;
      readonly lowest: number;
    }
  | { readonly status: "none-valid" };

/**
 * Makes the totals of one request comparable with those of others: each is capped at the 90th percentile of the valid
 * ones, invalid and missing answers get that cap, and the best is subtracted.
 *
 * With a single valid total the percentile is that total, so **everybody scores 0**, the invalid answers too. Upstream
 * behaves so and pins it in a test as known and undesirable; it is kept because scores must be the same.
 *
 * @param totals `crps` of scored tiles, `undefined` for an invalid or missing answer
 * @throws {ScoringError} `invalid-argument` for a total that is NaN or infinite
 */
export function promptScores(totals: readonly (number | undefined)[]): PromptScores {
  const valid = totals.filter((total) => total !== undefined);
  const bad = valid.find((total) => !Number.isFinite(total));
  if (bad !== undefined) {
    throw new ScoringError("invalid-argument", `total must be finite total=${bad}`);
  }
  if (valid.length === 0) return { status: "none-valid" };
  valid.sort((a, b) => a - b);
  const lowest = valid[0] as number;
  const percentile90 = percentile(valid, 0.9);
  const scores = totals.map((total) => Math.min(total ?? percentile90, percentile90) - lowest);
  return { status: "scored", scores, percentile90, lowest };
}

/** numpy's percentile with linear interpolation, bit for bit: from the nearer neighbour, so that both ends are exact. */
function percentile(sorted: readonly number[], fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const t = position - below;
  const a = sorted[below] as number;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}
