import { ScoringError } from "./scoring-error.ts";

/**
 * How an interval turns a path into values to score.
 *
 * - `change`: relative changes over consecutive intervals, in basis points.
 * - `gap`: only the first of these changes, from the start on. Names end in `_gaps`.
 * - `price`: prices at the ends of intervals. Names end in `_abs`.
 */
type IntervalKind = "change" | "gap" | "price";

/** One entry of a label's intervals, in grid steps. */
export interface ScoringInterval {
  readonly name: string;
  readonly kind: IntervalKind;
  /** Grid steps per interval, at least 1. */
  readonly strideSteps: number;
  /** How many values a path gives; 0 when the path is shorter than the interval. */
  readonly valueCount: number;
}

/** Whole grid steps in an interval; 0 when the interval is shorter than a step. */
export function intervalSteps(intervalSeconds: number, timeIncrementSeconds: number): number {
  return Math.trunc(intervalSeconds / timeIncrementSeconds);
}

/**
 * Reads a label's intervals for a path of `steps` points.
 *
 * @param intervals seconds by name, in the order in which their sums are added up
 * @throws {ScoringError} `invalid-argument` for an interval shorter than the increment, a name that a record does not
 *   keep in order, or no interval at all
 */
export function parseIntervals(
  intervals: Readonly<Record<string, number>>,
  timeIncrementSeconds: number,
  steps: number,
): ScoringInterval[] {
  const entries = Object.entries(intervals);
  if (entries.length === 0) throw new ScoringError("invalid-argument", "intervals are empty");
  return entries.map(([name, seconds]) => {
    // Records move names such as "60" to the front, which would change the order of additions.
    if (/^[0-9]+$/.test(name)) {
      throw new ScoringError(
        "invalid-argument",
        `name of an interval must not be a number name=${name}`,
      );
    }
    const stride = intervalSteps(seconds, timeIncrementSeconds);
    if (!Number.isSafeInteger(stride) || stride < 1) {
      throw new ScoringError(
        "invalid-argument",
        `interval must be at least one time increment name=${JSON.stringify(name)} seconds=${seconds} timeIncrementSeconds=${timeIncrementSeconds}`,
      );
    }
    const kind = kindOf(name);
    // A horizon beyond the path means the end of the path.
    const strideSteps = kind === "price" ? Math.max(1, Math.min(stride, steps - 1)) : stride;
    const changes = Math.floor((steps - 1) / strideSteps);
    const valueCount = kind === "gap" ? Math.min(1, changes) : changes;
    return { name, kind, strideSteps, valueCount };
  });
}

function kindOf(name: string): IntervalKind {
  if (name.endsWith("_abs")) return "price";
  if (name.endsWith("_gaps")) return "gap";
  return "change";
}
