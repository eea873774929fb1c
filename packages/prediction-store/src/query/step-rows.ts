import type { TilePanel } from "../store/tile-result.ts";

/** The values of one step of a tile. */
export interface StepRow {
  readonly step: number;
  /** Position of the step among those that are wanted. */
  readonly index: number;
  /** By simulation; a view that is valid until the next row is asked for. */
  readonly values: Float32Array;
}

/**
 * The wanted steps of a tile, one after the other.
 *
 * @param panels those that hold the steps
 * @param steps ascending
 */
export function* stepRows(
  panels: Iterable<TilePanel>,
  steps: readonly number[],
): Generator<StepRow, void, undefined> {
  let index = 0;
  for (const { firstStep, steps: count, values } of panels) {
    const simulations = values.length / count;
    for (;;) {
      const step = steps[index];
      if (step === undefined || step >= firstStep + count) break;
      const start = (step - firstStep) * simulations;
      yield { step, index, values: values.subarray(start, start + simulations) };
      index += 1;
    }
  }
}
