/** Mean, variance, least and greatest price of each step, float64 by step; they belong to the caller. */
export interface Moments {
  /** Number of prices of each step. */
  readonly count: number;
  readonly means: Float64Array;
  /** Mean squared distance from the mean: the divisor is the count, as `numpy.var` has it by default. */
  readonly variances: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
}

export function createMoments(steps: number, count: number): Moments {
  return {
    count,
    means: new Float64Array(steps),
    variances: new Float64Array(steps),
    mins: new Float64Array(steps).fill(Infinity),
    maxs: new Float64Array(steps).fill(-Infinity),
  };
}

/**
 * Writes the moments of one step's values. Two passes: the variance is that of distances from the mean, corrected by
 * what rounding left in their sum (Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance", The American
 * Statistician 37, 1983). With a NaN among the values all are NaN; with an infinity the variance is.
 */
export function writeMoments(values: Float32Array, out: Moments, index: number): void {
  const { length } = values;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let at = 0; at < length; at += 1) {
    const value = values[at] as number;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / length;
  let squares = 0;
  let rest = 0;
  let hasNaN = false;
  for (let at = 0; at < length; at += 1) {
    const value = values[at] as number;
    const distance = value - mean;
    squares += distance * distance;
    rest += distance;
    hasNaN ||= value !== value;
  }
  out.means[index] = mean;
  out.variances[index] = (squares - (rest * rest) / length) / length;
  out.mins[index] = hasNaN ? Number.NaN : min;
  out.maxs[index] = hasNaN ? Number.NaN : max;
}

/** Puts the moments of two disjoint sets together, into those of the first (Chan, Golub and LeVeque). */
export function mergeMoments(into: Moments, more: Moments): Moments {
  if (into.count === 0) return more;
  const count = into.count + more.count;
  const weight = more.count / count;
  for (let index = 0; index < into.means.length; index += 1) {
    const mean = into.means[index] as number;
    const otherMean = more.means[index] as number;
    const distance = otherMean - mean;
    const between = distance * distance * weight * (1 - weight);
    const variance = into.variances[index] as number;
    const otherVariance = more.variances[index] as number;
    // Equal infinities have no distance.
    into.means[index] = mean === otherMean ? mean : mean + distance * weight;
    into.variances[index] = variance * (1 - weight) + otherVariance * weight + between;
    into.mins[index] = Math.min(into.mins[index] as number, more.mins[index] as number);
    into.maxs[index] = Math.max(into.maxs[index] as number, more.maxs[index] as number);
  }
  return { ...into, count };
}
