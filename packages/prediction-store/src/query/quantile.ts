import { invalidQuery } from "./invalid-query.ts";

/** Most probabilities of one query. */
const MAX_PROBABILITIES = 1000;

/** @throws {PredictionStoreError} `invalid-query` unless they are 1 to 1000 numbers from 0 to 1 */
export function checkProbabilities(probabilities: readonly number[]): void {
  const { length } = probabilities;
  if (length === 0 || length > MAX_PROBABILITIES) {
    throw invalidQuery(`quantiles must be 1 to ${MAX_PROBABILITIES} probabilities count=${length}`);
  }
  const outside = probabilities.find((probability) => !(probability >= 0 && probability <= 1));
  if (outside !== undefined) {
    throw invalidQuery(`a quantile's probability must be from 0 to 1 probability=${outside}`);
  }
}

/**
 * A quantile of sorted values: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (The American
 * Statistician 50, 1996), as `numpy.quantile` has it by default. Between two values it is interpolated in float64, with
 * numpy's own expression, so that finite values give numpy's bits of float64 arrays. Values with a NaN among them have
 * no quantiles: all are NaN. Next to an infinity it is that infinity, between both NaN.
 *
 * @param sorted ascending, NaN last, as a typed array sorts; none have no quantile: NaN
 * @param probability 0 to 1
 */
export function quantile(sorted: Float32Array, probability: number): number {
  const last = sorted.length - 1;
  if (last < 0 || Number.isNaN(sorted[last])) return Number.NaN;
  const position = last * probability;
  const below = Math.floor(position);
  const part = position - below;
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, last)] as number;
  if (part === 0 || low === high) return low;
  const difference = high - low;
  if (!Number.isFinite(difference)) return low + high;
  return part < 0.5 ? low + difference * part : high - difference * (1 - part);
}

/** Sorts values where they are and writes their quantiles to `out` from `at` on, in the order of the probabilities. */
export function writeQuantiles(
  values: Float32Array,
  probabilities: readonly number[],
  out: Float64Array,
  at: number,
): void {
  values.sort();
  probabilities.forEach((probability, index) => {
    out[at + index] = quantile(values, probability);
  });
}
