import { singlePrecisionText } from "../output/single-precision-text.ts";
import { stepUnixSeconds } from "../output/step-unix-seconds.ts";
import { stepValues, type TileSlice } from "./tile-slice.ts";

/** A header `step,unix_seconds,sim_0,…`, then one row per step. Yields one line at a time. */
export function* tileCsv(slice: TileSlice): Generator<string, void, undefined> {
  const { fromStep, toStep, request } = slice;
  const simulations = Array.from({ length: request.simulations }, (_, index) => `sim_${index}`);
  yield `${["step", "unix_seconds", ...simulations].join(",")}\n`;
  for (let step = fromStep; step < toStep; step += 1) {
    const prices = Array.from(stepValues(slice, step), singlePrecisionText);
    yield `${[step, stepUnixSeconds(request, step), ...prices].join(",")}\n`;
  }
}
