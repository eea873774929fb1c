import type { PublishedRequest } from "../store/published-request.ts";
import { allSteps, type StepRange } from "../store/step-range.ts";
import type { SelectTilesOptions } from "../store/tile-result.ts";
import { eachTile, type TileFinding } from "./each-tile.ts";
import { FirstCrossings, type CrossingDirection, type Crossings } from "./first-crossings.ts";
import { levelAsPrice } from "./level.ts";
import { runsOfRange } from "./step-selection.ts";

export interface CrossingsQuery {
  /** Taken as the nearest float32, as prices are. */
  readonly level: number;
  /** Default `either`. */
  readonly direction?: CrossingDirection | undefined;
  /**
   * The window: a crossing lies between two neighbouring steps of it. `stepsInWindow` gives the steps of a time window.
   * Default: all.
   */
  readonly steps?: StepRange | undefined;
}

/**
 * The paths that cross a level within a window of steps, miner by miner, each with its first crossing.
 *
 * A path crosses up at a step when its price is below the level at the step before and not below it at this one; down
 * is the mirror image. So a path that comes to the level has crossed it, and one that begins on it and leaves has not.
 * NaN crosses nothing.
 *
 * @throws {PredictionStoreError} `invalid-slice`; `invalid-query` for a level that is no finite float32
 */
export async function* queryCrossings(
  published: PublishedRequest,
  query: CrossingsQuery,
  options: SelectTilesOptions = {},
): AsyncGenerator<TileFinding<Crossings>, void, undefined> {
  const { shape } = published;
  const { direction = "either", steps = allSteps(shape) } = query;
  const level = levelAsPrice(query.level);
  const crossings = new FirstCrossings(shape.simulations, level, direction);
  yield* eachTile(published, runsOfRange(steps, shape), options, (panels) => {
    crossings.clear();
    for (const panel of panels) {
      crossings.addPanel(panel, steps);
      if (crossings.isComplete) break;
    }
    return crossings.result();
  });
}
