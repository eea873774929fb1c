import { bytesOf } from "./element-bytes.ts";
import { newElements, type NumericArray, type NumericType } from "./element-type.ts";

/** Consecutive elements of a typed array, half-open. */
export interface ElementRun {
  readonly values: NumericArray;
  readonly from: number;
  readonly to: number;
}

/**
 * A copy of runs of elements, one after the other.
 *
 * @param type the type of every run
 */
export function gatherElements(type: NumericType, runs: readonly ElementRun[]): NumericArray {
  const gathered = newElements(
    type,
    runs.reduce((length, { from, to }) => length + to - from, 0),
  );
  // As bytes, so that no number is read and NaNs keep their bits.
  const bytes = bytesOf(gathered);
  let at = 0;
  for (const { values, from, to } of runs) {
    const run = bytesOf(values, from, to);
    bytes.set(run, at);
    at += run.length;
  }
  return gathered;
}
