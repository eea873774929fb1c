import type { PublishedRequest } from "../store/published-request.ts";
import type { SelectTilesOptions } from "../store/tile-result.ts";
import { eachTile, type TileFinding } from "./each-tile.ts";
import { createMoments, mergeMoments, writeMoments, type Moments } from "./moments.ts";
import type { PooledTiles } from "./pooled-tiles.ts";
import { stepRows } from "./step-rows.ts";
import { runsOfSteps, selectedSteps, type StepSelection } from "./step-selection.ts";

export interface MomentsQuery {
  /** Default: all. */
  readonly steps?: StepSelection | undefined;
}

export interface StepMoments extends Moments {
  /** Ascending. */
  readonly steps: readonly number[];
}

export interface PooledMoments extends StepMoments, PooledTiles {}

/**
 * Mean, variance, least and greatest of each miner's prices at each step.
 *
 * @throws {PredictionStoreError} `invalid-slice`
 */
export async function* queryMoments(
  published: PublishedRequest,
  query: MomentsQuery = {},
  options: SelectTilesOptions = {},
): AsyncGenerator<TileFinding<StepMoments>, void, undefined> {
  const { shape } = published;
  const steps = selectedSteps(query.steps, shape);
  yield* eachTile(published, runsOfSteps(steps), options, (panels) => {
    const moments = createMoments(steps.length, shape.simulations);
    for (const { index, values } of stepRows(panels, steps)) writeMoments(values, moments, index);
    return { steps, ...moments };
  });
}

/**
 * The same of all miners' prices taken together. A damaged tile is left out of every step. Without any tile the count is
 * 0 and the rest NaN.
 *
 * @throws {PredictionStoreError} `invalid-slice`
 */
export async function queryPooledMoments(
  published: PublishedRequest,
  query: MomentsQuery = {},
  options: SelectTilesOptions = {},
): Promise<PooledMoments> {
  const steps = selectedSteps(query.steps, published.shape);
  const damaged: PooledMoments["damaged"][number][] = [];
  const minerIds: number[] = [];
  let pooled = createMoments(steps.length, 0);
  for (const numbers of [pooled.means, pooled.variances, pooled.mins, pooled.maxs]) {
    numbers.fill(Number.NaN);
  }
  for await (const { answer, found, error } of queryMoments(published, { steps }, options)) {
    if (error === undefined) {
      pooled = mergeMoments(pooled, found);
      minerIds.push(answer.minerId);
    } else {
      damaged.push({ answer, error });
    }
  }
  minerIds.sort((left, right) => left - right);
  return { ...pooled, steps, minerIds, damaged };
}
