/**
 * The score of {@link crps} for members that are already in order and weigh the same: the same operations in the same
 * order, hence the same bits, with the branch on the observation taken out of the loops.
 *
 * @param sorted ascending and without NaN in [0, count)
 * @param count at least 1
 * @param observation not NaN
 */
export function sortedCrps(sorted: Float64Array, count: number, observation: number): number {
  const share = 1 / count;
  let integral = 0;
  let forecast = 0;
  let previous = 0;
  let at = 0;
  for (; at < count; at += 1) {
    const value = sorted[at] as number;
    if (observation < value) break;
    integral += (value - previous) * (forecast * forecast);
    forecast += share;
    previous = value;
  }
  if (at === count) return integral + (observation - previous);

  integral += (observation - previous) * (forecast * forecast);
  previous = observation;
  for (; at < count; at += 1) {
    const value = sorted[at] as number;
    const above = forecast - 1;
    integral += (value - previous) * (above * above);
    forecast += share;
    previous = value;
  }
  return integral;
}
