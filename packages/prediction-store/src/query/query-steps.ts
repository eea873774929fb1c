import type { PublishedRequest } from "../store/published-request.ts";
import type { SelectTilesOptions } from "../store/tile-result.ts";
import { eachTile, type TileFinding } from "./each-tile.ts";
import { invalidQuery } from "./invalid-query.ts";
import { stepRows } from "./step-rows.ts";
import { runsOfSteps, selectedSteps, type StepSelection } from "./step-selection.ts";

export interface StepsQuery {
  /** Default: all. */
  readonly steps?: StepSelection | undefined;
  /** Numbers of simulations, in any order. Default: all. */
  readonly simulations?: readonly number[] | undefined;
}

/** Some prices of one tile. */
export interface StepValues {
  /** Ascending. */
  readonly steps: readonly number[];
  /** Ascending. */
  readonly simulations: readonly number[];
  /** float32 `[steps, simulations]` row-major; belongs to the caller. */
  readonly values: Float32Array;
}

/**
 * The prices of chosen simulations at chosen steps, miner by miner.
 *
 * @throws {PredictionStoreError} `invalid-slice`, `invalid-query`
 */
export async function* querySteps(
  published: PublishedRequest,
  query: StepsQuery = {},
  options: SelectTilesOptions = {},
): AsyncGenerator<TileFinding<StepValues>, void, undefined> {
  const { shape } = published;
  const steps = selectedSteps(query.steps, shape);
  const simulations = selectedSimulations(query.simulations, shape.simulations);
  yield* eachTile(published, runsOfSteps(steps), options, (panels) => {
    const values = new Float32Array(steps.length * simulations.length);
    let at = 0;
    for (const row of stepRows(panels, steps)) {
      if (simulations.length === shape.simulations) {
        values.set(row.values, at);
      } else {
        simulations.forEach((simulation, index) => {
          values[at + index] = row.values[simulation] as number;
        });
      }
      at += simulations.length;
    }
    return { steps, simulations, values };
  });
}

function selectedSimulations(
  selection: readonly number[] | undefined,
  count: number,
): readonly number[] {
  if (selection === undefined) return Array.from({ length: count }, (_, index) => index);
  const outside = selection.find(
    (simulation) => !Number.isSafeInteger(simulation) || simulation < 0 || simulation >= count,
  );
  if (outside !== undefined || selection.length === 0) {
    throw invalidQuery(
      `simulations must be some of the request's simulation=${outside ?? "none"} simulations=${count}`,
    );
  }
  return [...new Set(selection)].toSorted((left, right) => left - right);
}
