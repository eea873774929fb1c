import { ScoringError } from "./scoring-error.ts";
import { parseIntervals } from "./scoring-interval.ts";
import {
  observeIntervals,
  tileEvaluations,
  type ObservedInterval,
  type TileEvaluation,
} from "./tile-evaluations.ts";

/** What is scored against one realized path: the same for every tile of a request. */
export interface EvaluationPlan {
  readonly observed: readonly ObservedInterval[];
  readonly evaluations: readonly TileEvaluation[];
}

/** What a plan depends on beside the path. */
interface PlannedRules {
  readonly timeIncrementSeconds: number;
  /** Seconds by name, in order. */
  readonly intervals: Readonly<Record<string, number>>;
}

interface LastPlan extends PlannedRules {
  readonly realized: Float64Array;
  readonly plan: EvaluationPlan;
}

/** Makes plans, and gives the last one again as long as nothing has changed. */
export class EvaluationPlanner {
  #last: LastPlan | undefined;

  /**
   * @param realized prices on the grid, NaN where missing; compared by value, for its owner may change it
   * @throws {ScoringError} `invalid-argument`
   */
  plan(realized: Float64Array, { timeIncrementSeconds, intervals }: PlannedRules): EvaluationPlan {
    const last = this.#last;
    if (
      last !== undefined &&
      last.timeIncrementSeconds === timeIncrementSeconds &&
      isSameRecord(last.intervals, intervals) &&
      isSamePath(last.realized, realized)
    ) {
      return last.plan;
    }
    checkRealized(realized);
    const parsed = parseIntervals(intervals, timeIncrementSeconds, realized.length);
    const observed = observeIntervals(realized, parsed);
    const plan = { observed, evaluations: tileEvaluations(observed) };
    this.#last = {
      realized: realized.slice(),
      timeIncrementSeconds,
      intervals: { ...intervals },
      plan,
    };
    return plan;
  }
}

function checkRealized(realized: Float64Array): void {
  const bad = realized.findIndex((price) => price === 0 || Math.abs(price) === Infinity);
  if (bad !== -1) {
    throw new ScoringError(
      "invalid-argument",
      `realized price must be finite and not 0 step=${bad} price=${realized[bad]}`,
    );
  }
}

/** In the same order, too: sums are added up in it. */
function isSameRecord(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): boolean {
  const [names, others] = [Object.keys(left), Object.keys(right)];
  return (
    names.length === others.length &&
    names.every((name, at) => name === others[at] && left[name] === right[name])
  );
}

function isSamePath(left: Float64Array, right: Float64Array): boolean {
  if (left.length !== right.length) return false;
  for (let step = 0; step < left.length; step += 1) {
    if (!Object.is(left[step], right[step])) return false;
  }
  return true;
}
