import type { PredictionStoreError } from "../prediction-store-error.ts";
import type { ValidAnswerEntry } from "../store/answer-entry.ts";
import type { PublishedRequest } from "../store/published-request.ts";
import type { SelectTilesOptions } from "../store/tile-result.ts";
import { eachTile } from "./each-tile.ts";
import { selectedMiners, type PooledTiles } from "./pooled-tiles.ts";
import { invalidQuery } from "./invalid-query.ts";
import type { QuantilesQuery, StepQuantiles } from "./query-quantiles.ts";
import { checkProbabilities, writeQuantiles } from "./quantile.ts";
import { stepRows } from "./step-rows.ts";
import { runsOfSteps, selectedSteps } from "./step-selection.ts";

/** Prices that are held at a time: two panels of 250 tiles of 1000 simulations. */
const POOL_BYTES = 64 * 1024 * 1024;

export interface PooledQuantilesQuery extends QuantilesQuery {
  /**
   * Most bytes of prices to hold at a time; those of one step are always held. Steps are done in passes of so many, cut
   * between panels where a pass holds a panel; otherwise a panel is read by several passes. Default 64 MiB.
   */
  readonly maxPoolBytes?: number | undefined;
}

export interface PooledQuantiles extends StepQuantiles, PooledTiles {}

/**
 * The quantiles of all miners' prices taken together, at each step. Exact: the prices of some steps are gathered and
 * sorted, then those of the next.
 *
 * A damaged tile is left out of every step, also of those at which it could have been read.
 *
 * @throws {PredictionStoreError} `invalid-slice`, `invalid-query`
 */
export async function queryPooledQuantiles(
  published: PublishedRequest,
  { probabilities, steps: selection, maxPoolBytes = POOL_BYTES }: PooledQuantilesQuery,
  options: SelectTilesOptions = {},
): Promise<PooledQuantiles> {
  checkProbabilities(probabilities);
  if (!(maxPoolBytes >= 0))
    throw invalidQuery(`maxPoolBytes must be positive found=${maxPoolBytes}`);
  const steps = selectedSteps(selection, published.shape);
  const damaged = new Map<ValidAnswerEntry, PredictionStoreError>();
  for (;;) {
    const sound = selectedMiners(published, options.minerIds).filter(
      (answer) => !damaged.has(answer),
    );
    const found = damaged.size;
    const quantiles = new Float64Array(steps.length * probabilities.length);
    const minerIds = sound.map(({ minerId }) => minerId);
    const pool = new Pool(
      minerIds.length * published.shape.simulations,
      steps.length,
      maxPoolBytes,
    );
    for (let first = 0, end = 0; first < steps.length; first = end) {
      end = endOfPass(steps, first, pool.steps);
      const some = steps.slice(first, end);
      for (const [answer, error] of await pool.gather(published, some, { ...options, minerIds })) {
        damaged.set(answer, error);
      }
      pool.writeQuantiles(some.length, probabilities, quantiles, first * probabilities.length);
    }
    // What is damaged shows at its own panel only, after earlier steps were done with it.
    if (damaged.size > found) continue;
    const errors = [...damaged].map(([answer, error]) => ({ answer, error }));
    return { steps, probabilities, quantiles, minerIds, damaged: errors };
  }
}

/** Where the pass that begins at `first` ends: with a whole panel when it holds one. */
function endOfPass(steps: readonly number[], first: number, most: number): number {
  const end = Math.min(first + most, steps.length);
  let border = end;
  while (border > first && border < steps.length && isSamePanel(steps, border)) border -= 1;
  return border > first ? border : end;
}

function isSamePanel(steps: readonly number[], index: number): boolean {
  return runsOfSteps(steps.slice(index - 1, index + 1)).length === 1;
}

/** The prices of some steps, those of one step together. */
class Pool {
  /** Most steps it holds. */
  readonly steps: number;
  readonly #members: number;
  readonly #values: Float32Array;
  #filled = 0;

  constructor(members: number, steps: number, maxBytes: number) {
    this.#members = members;
    const fit = Math.floor(maxBytes / Math.max(1, members * Float32Array.BYTES_PER_ELEMENT));
    this.steps = Math.min(steps, Math.max(1, fit));
    this.#values = new Float32Array(members * this.steps);
  }

  /** @returns the tiles that are damaged; nothing of them is in the pool */
  async gather(
    published: PublishedRequest,
    steps: readonly number[],
    options: SelectTilesOptions,
  ): Promise<(readonly [ValidAnswerEntry, PredictionStoreError])[]> {
    const damaged: (readonly [ValidAnswerEntry, PredictionStoreError])[] = [];
    this.#filled = 0;
    const tiles = eachTile(published, runsOfSteps(steps), options, (panels) => {
      for (const { index, values } of stepRows(panels, steps)) {
        this.#values.set(values, index * this.#members + this.#filled);
      }
    });
    for await (const { answer, error } of tiles) {
      if (error === undefined) this.#filled += published.shape.simulations;
      else damaged.push([answer, error]);
    }
    return damaged;
  }

  writeQuantiles(
    steps: number,
    probabilities: readonly number[],
    out: Float64Array,
    at: number,
  ): void {
    for (let index = 0; index < steps; index += 1) {
      const start = index * this.#members;
      const column = this.#values.subarray(start, start + this.#filled);
      writeQuantiles(column, probabilities, out, at + index * probabilities.length);
    }
  }
}
