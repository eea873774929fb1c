import type { ForecastRequest, ValidAnswerEntry } from "@foretile/prediction-store";

/** Some steps of one miner's tile, ready to be written in some format. */
export interface TileSlice {
  readonly key: string;
  readonly version: number;
  readonly versionHash: string;
  readonly request: ForecastRequest;
  readonly answer: ValidAnswerEntry;
  /** First step. */
  readonly fromStep: number;
  /** End of the steps, exclusive. */
  readonly toStep: number;
  /** float32 `[toStep − fromStep, simulations]` row-major. */
  readonly values: Float32Array;
}

/** The values of one step, by simulation. A view. */
export function stepValues(slice: TileSlice, step: number): Float32Array {
  const { simulations } = slice.request;
  const row = step - slice.fromStep;
  return slice.values.subarray(row * simulations, (row + 1) * simulations);
}
