import { isPredictionStoreError, type PredictionStoreError } from "../prediction-store-error.ts";
import type { ValidAnswerEntry } from "../store/answer-entry.ts";
import type { PublishedRequest } from "../store/published-request.ts";
import { allSteps, type StepRange } from "../store/step-range.ts";
import type { SelectTilesOptions, TilePanel } from "../store/tile-result.ts";
import type { TileFinding } from "./each-tile.ts";
import { bandAsPrices, type Band } from "./level.ts";
import { PointBatch, type BandPoints } from "./point-batch.ts";
import { invalidQuery } from "./invalid-query.ts";
import { runsOfRange } from "./step-selection.ts";

/** 0.8 MB of points. */
const DEFAULT_BATCH_POINTS = 65_536;
const MAX_BATCH_POINTS = 1_048_576;

export interface BandPointsQuery extends Band {
  /** The window; `stepsInWindow` gives the steps of a time window. Default: all. */
  readonly steps?: StepRange | undefined;
  /** Most points of one batch, 1 to 1 048 576. Default 65 536. */
  readonly batchPoints?: number | undefined;
}

/**
 * The points that lie inside a band, in batches, miner by miner and by step and simulation. The ends belong to the band;
 * NaN is never inside. A miner with no such point gives no batch.
 *
 * Points are told as they are found. Those of a tile that turns out to be damaged are sound as far as they were told:
 * each panel is checked before it is looked at; the error comes after them.
 *
 * @throws {PredictionStoreError} `invalid-slice`, `invalid-query`
 */
export async function* queryBandPoints(
  published: PublishedRequest,
  query: BandPointsQuery,
  options: SelectTilesOptions = {},
): AsyncGenerator<TileFinding<BandPoints>, void, undefined> {
  const { shape } = published;
  const { steps = allSteps(shape), batchPoints = DEFAULT_BATCH_POINTS } = query;
  const band = bandAsPrices(query);
  if (!Number.isInteger(batchPoints) || batchPoints < 1 || batchPoints > MAX_BATCH_POINTS) {
    throw invalidQuery(`batchPoints must be 1 to ${MAX_BATCH_POINTS} found=${batchPoints}`);
  }
  const batch = new PointBatch(batchPoints);
  for await (const tile of published.panels(runsOfRange(steps, shape), options)) {
    const { answer, error } = tile;
    if (error !== undefined) {
      yield { answer, error };
      continue;
    }
    yield* tilePoints(answer, tile.panels, steps, band, batch);
  }
}

function* tilePoints(
  answer: ValidAnswerEntry,
  panels: Iterable<TilePanel>,
  steps: StepRange,
  band: { readonly low: number; readonly high: number },
  batch: PointBatch,
): Generator<TileFinding<BandPoints>, void, undefined> {
  let damage: PredictionStoreError | undefined;
  try {
    for (const panel of panels) {
      for (const points of panelPoints(panel, steps, band, batch)) yield { answer, found: points };
    }
  } catch (failure) {
    // Only damage belongs to one tile.
    if (!isPredictionStoreError(failure, "damaged")) throw failure;
    damage = failure;
  }
  const rest = batch.take();
  if (rest.values.length > 0) yield { answer, found: rest };
  if (damage !== undefined) yield { answer, error: damage };
}

function* panelPoints(
  { firstStep, steps, values }: TilePanel,
  window: StepRange,
  { low, high }: { readonly low: number; readonly high: number },
  batch: PointBatch,
): Generator<BandPoints, void, undefined> {
  const simulations = values.length / steps;
  const from = Math.max(window.from, firstStep);
  const to = Math.min(window.to, firstStep + steps);
  for (let step = from; step < to; step += 1) {
    const row = (step - firstStep) * simulations;
    for (let simulation = 0; simulation < simulations; simulation += 1) {
      const value = values[row + simulation] as number;
      if (!(value >= low && value <= high)) continue;
      batch.add(step, simulation, value);
      if (batch.isFull) yield batch.take();
    }
  }
}
