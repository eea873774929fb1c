import type { PublishedRequest } from "../store/published-request.ts";
import type { SelectTilesOptions } from "../store/tile-result.ts";
import { eachTile, type TileFinding } from "./each-tile.ts";
import { checkProbabilities, writeQuantiles } from "./quantile.ts";
import { stepRows } from "./step-rows.ts";
import { runsOfSteps, selectedSteps, type StepSelection } from "./step-selection.ts";

export interface QuantilesQuery {
  /** From 0 to 1, at most 1000, in any order. */
  readonly probabilities: readonly number[];
  /** Default: all. */
  readonly steps?: StepSelection | undefined;
}

export interface StepQuantiles {
  /** Ascending. */
  readonly steps: readonly number[];
  /** As they were asked for. */
  readonly probabilities: readonly number[];
  /** float64 `[steps, probabilities]` row-major; belongs to the caller. */
  readonly quantiles: Float64Array;
}

/**
 * The quantiles of each miner's prices at each step, as `numpy.quantile` has them by default (type 7, see
 * {@link quantile}).
 *
 * @throws {PredictionStoreError} `invalid-slice`, `invalid-query`
 */
export async function* queryQuantiles(
  published: PublishedRequest,
  { probabilities, steps: selection }: QuantilesQuery,
  options: SelectTilesOptions = {},
): AsyncGenerator<TileFinding<StepQuantiles>, void, undefined> {
  checkProbabilities(probabilities);
  const steps = selectedSteps(selection, published.shape);
  yield* eachTile(published, runsOfSteps(steps), options, (panels) => {
    const quantiles = new Float64Array(steps.length * probabilities.length);
    for (const { index, values } of stepRows(panels, steps)) {
      // The view is of a panel that nobody reads again.
      writeQuantiles(values, probabilities, quantiles, index * probabilities.length);
    }
    return { steps, probabilities, quantiles };
  });
}
