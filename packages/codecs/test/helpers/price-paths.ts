import { createSeededRandom } from "@foretile/testkit";

export interface PricePathsOptions {
  readonly simulations: number;
  readonly steps: number;
  readonly seed: number;
  /** Default {@link START}. */
  readonly start?: number;
  /** Digits after the point; 8 digits in all when left out. */
  readonly decimals?: number;
}

const START = 104_856.23;
const STEP_DEVIATION = 0.6 * Math.sqrt(300 / 31_536_000);

/**
 * Geometric Brownian price paths (60 % a year, 5 minutes a step) with 8 significant digits, as an honest miner sends
 * them: float32 `[steps, simulations]` row-major.
 */
export function pricePaths({
  simulations,
  steps,
  seed,
  start = START,
  decimals,
}: PricePathsOptions): Float32Array {
  const random = createSeededRandom(seed);
  const uniform = (): number => (random.nextUint32() + 0.5) / 2 ** 32;
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const tile = new Float32Array(simulations * steps);
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    let price = start;
    for (let step = 0; step < steps; step += 1) {
      if (step > 0) price *= Math.exp(STEP_DEVIATION * normal() - STEP_DEVIATION ** 2 / 2);
      tile[step * simulations + simulation] = Number(
        decimals === undefined ? price.toPrecision(8) : price.toFixed(decimals),
      );
    }
  }
  return tile;
}
