import type { CrpsWeights } from "./crps-weights.ts";

/**
 * The score of {@link crps} for members that are already in order and weigh the same: the same operations in the same
 * order, hence the same bits, with the branch on the observation taken out of the loops and the powers of the forecast
 * taken from a table.
 *
 * @param sorted ascending and without NaN in [0, weights.count)
 * @param observation not NaN
 */
export function sortedCrps(
  sorted: Float64Array,
  { count, below, above }: CrpsWeights,
  observation: number,
): number {
  let integral = 0;
  let previous = 0;
  let at = 0;
  for (; at < count; at += 1) {
    const value = sorted[at] as number;
    if (observation < value) break;
    integral += (value - previous) * (below[at] as number);
    previous = value;
  }
  if (at === count) return integral + (observation - previous);

  integral += (observation - previous) * (below[at] as number);
  previous = observation;
  for (; at < count; at += 1) {
    const value = sorted[at] as number;
    integral += (value - previous) * (above[at] as number);
    previous = value;
  }
  return integral;
}
