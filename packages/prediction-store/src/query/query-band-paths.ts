import type { PublishedRequest } from "../store/published-request.ts";
import { allSteps, type StepRange } from "../store/step-range.ts";
import type { SelectTilesOptions, TilePanel } from "../store/tile-result.ts";
import { eachTile, type TileFinding } from "./each-tile.ts";
import { bandAsPrices, type Band } from "./level.ts";
import { runsOfRange } from "./step-selection.ts";

export interface BandPathsQuery extends Band {
  /** The window; `stepsInWindow` gives the steps of a time window. Default: all. */
  readonly steps?: StepRange | undefined;
}

/** The paths of one tile that stay inside a band. */
export interface BandPaths {
  /** Numbers of the paths, ascending; belongs to the caller. */
  readonly simulations: Uint32Array;
}

/**
 * The paths whose price is inside a band at every step of a window, miner by miner. The ends belong to the band; NaN is
 * never inside.
 *
 * @throws {PredictionStoreError} `invalid-slice`, `invalid-query`
 */
export async function* queryBandPaths(
  published: PublishedRequest,
  query: BandPathsQuery,
  options: SelectTilesOptions = {},
): AsyncGenerator<TileFinding<BandPaths>, void, undefined> {
  const { shape } = published;
  const { steps = allSteps(shape) } = query;
  const band = bandAsPrices(query);
  // The paths that were inside so far are its beginning.
  const inside = new Uint32Array(shape.simulations);
  yield* eachTile(published, runsOfRange(steps, shape), options, (panels) => {
    let count = shape.simulations;
    for (let path = 0; path < count; path += 1) inside[path] = path;
    for (const panel of panels) {
      count = keepInside(panel, steps, band, inside, count);
      if (count === 0) break;
    }
    return { simulations: inside.slice(0, count) };
  });
}

/** Moves the paths that stay inside to the front, in their order, and counts them. */
function keepInside(
  { firstStep, steps, values }: TilePanel,
  window: StepRange,
  { low, high }: { readonly low: number; readonly high: number },
  inside: Uint32Array,
  count: number,
): number {
  const simulations = values.length / steps;
  const from = Math.max(window.from, firstStep);
  const to = Math.min(window.to, firstStep + steps);
  let left = count;
  for (let step = from; step < to; step += 1) {
    const row = (step - firstStep) * simulations;
    let kept = 0;
    for (let at = 0; at < left; at += 1) {
      const path = inside[at] as number;
      const value = values[row + path] as number;
      inside[kept] = path;
      // Without a branch, which nobody could foretell.
      kept += Number(value >= low) & Number(value <= high);
    }
    left = kept;
  }
  return left;
}
