import { ScoringError } from "./scoring-error.ts";

/**
 * Continuous ranked probability score of an ensemble: the integral over z of (F(z) - [z ≥ observation])², F being the
 * empirical distribution of the members. Lower is better, 0 is a perfect forecast, the unit is that of the members.
 *
 * The plain estimator, mean |x - y| minus half the mean |x - x'| over all pairs (Gneiting & Raftery 2007, "Strictly
 * Proper Scoring Rules, Prediction, and Estimation", equation 21), in the steps of `properscoring`'s compiled kernel
 * and equal to it bit for bit. NaN members are left out; NaN when all are, or when the observation or a weight is NaN,
 * or a weight is negative. An infinite member gives what the arithmetic gives: Infinity or NaN.
 *
 * This is the readable form; {@link scoreTile} computes the same bits faster.
 *
 * @param members the ensemble, in any order; read only
 * @param weights one per member, not negative, of any sum; equal weights when left out
 * @throws {ScoringError} `invalid-argument` for an empty ensemble or another count of weights
 */
export function crps(
  members: ArrayLike<number>,
  observation: number,
  weights?: ArrayLike<number>,
): number {
  if (members.length === 0) throw new ScoringError("invalid-argument", "ensemble is empty");
  if (weights !== undefined && weights.length !== members.length) {
    throw new ScoringError(
      "invalid-argument",
      `every member needs a weight members=${members.length} weights=${weights.length}`,
    );
  }
  if (Number.isNaN(observation)) return Number.NaN;

  const present = Array.from(members, (value, index) => ({ value, weight: weights?.[index] ?? 1 }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => (a.value < b.value ? -1 : Number(a.value > b.value)));
  if (present.length === 0) return Number.NaN;

  let totalWeight = 0;
  for (const { weight } of present) {
    if (!(weight >= 0)) return Number.NaN;
    totalWeight += weight;
  }

  let integral = 0;
  let forecast = 0; // F just above `previous`
  let observed = 0; // 1 once the observation is passed
  let previous = 0;
  for (const { value, weight } of present) {
    if (observed === 0 && observation < value) {
      integral += (observation - previous) * (forecast * forecast);
      integral += (value - observation) * ((forecast - 1) * (forecast - 1));
      observed = 1;
    } else {
      integral += (value - previous) * ((forecast - observed) * (forecast - observed));
    }
    forecast += weight / totalWeight;
    previous = value;
  }
  if (observed === 0) integral += observation - previous;
  return integral;
}

/**
 * The fair estimator of the same score: mean |x - y| minus half the mean |x - x'| over pairs of different members
 * (Ferro 2014, "Fair scores for ensemble forecasts", equation 4). It may be negative. NaN members are left out; NaN when
 * fewer than two are left, or when the observation is NaN.
 *
 * This is the readable form; {@link scoreTile} with the estimator `fair` computes it faster, to a few last bits.
 *
 * @param members the ensemble, in any order; read only
 * @throws {ScoringError} `invalid-argument` for an empty ensemble
 */
export function fairCrps(members: ArrayLike<number>, observation: number): number {
  const plain = crps(members, observation);
  const present = Float64Array.from(members)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const count = present.length;
  if (count < 2) return Number.NaN;
  let pairs = 0; // the sum of |x - x'| over pairs of different members, each once
  for (const [index, value] of present.entries()) pairs += (2 * index + 1 - count) * value;
  return plain - pairs / (count * count * (count - 1));
}
