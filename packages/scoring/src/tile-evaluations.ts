import { observedBlocks } from "./observed-blocks.ts";
import { priceChanges } from "./price-changes.ts";
import type { ScoringInterval } from "./scoring-interval.ts";

/** An interval with what was observed on it. */
export interface ObservedInterval {
  readonly interval: ScoringInterval;
  /** Value by value; NaN where missing. */
  readonly observed: Float64Array;
  readonly blocks: readonly { readonly from: number; readonly to: number }[];
}

/** One ensemble to score: value `index` of an interval. */
export interface TileEvaluation {
  readonly interval: ScoringInterval;
  readonly index: number;
  readonly block: number;
  /** Not NaN. */
  readonly observation: number;
}

/** What was observed, by interval; intervals longer than the path are left out. */
export function observeIntervals(
  realized: Float64Array,
  intervals: readonly ScoringInterval[],
): ObservedInterval[] {
  return intervals
    .filter(({ valueCount }) => valueCount > 0)
    .map((interval) => {
      const observed = priceChanges(realized, interval);
      return { interval, observed, blocks: observedBlocks(observed) };
    });
}

/** The ensembles to score, in the order in which they are added up. */
export function tileEvaluations(intervals: readonly ObservedInterval[]): TileEvaluation[] {
  return intervals.flatMap(({ interval, observed, blocks }) =>
    blocks.flatMap(({ from, to }, block) =>
      Array.from({ length: to - from }, (_, offset) => {
        const index = from + offset;
        return { interval, index, block, observation: observed[index] as number };
      }),
    ),
  );
}
