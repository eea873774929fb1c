import type { GaussianRandom } from "./gaussian-random.ts";

/** A way to forecast: makes the log returns of one path, step by step. */
export interface ForecastFamily {
  readonly name: string;
  /**
   * Starts a path.
   *
   * @param volatility standard deviation of a step's log return, as seen in the past
   */
  startPath(random: GaussianRandom, volatility: number): () => number;
}

/** Geometric Brownian motion with the past volatility times a factor and a drift in volatilities a step. */
function brownian(name: string, factor: number, drift = 0): ForecastFamily {
  return {
    name,
    startPath: (random, volatility) => () => volatility * (factor * random.normal() + drift),
  };
}

/** Student's t with 3 degrees of freedom, scaled to the past variance. */
const fatTails: ForecastFamily = {
  name: "fat tails",
  startPath: (random, volatility) => () => {
    let chiSquare = 0;
    for (let degree = 0; degree < 3; degree += 1) chiSquare += random.normal() ** 2;
    return (volatility * random.normal()) / Math.sqrt(chiSquare);
  },
};

/** Calm steps and, once in a hundred, a jump of five volatilities; the past variance in all (Merton 1976). */
const jumps: ForecastFamily = {
  name: "jump diffusion",
  startPath: (random, volatility) => () => {
    const jump = random.uniform() < 0.01 ? 5 * random.normal() : 0;
    return volatility * (Math.sqrt(0.75) * random.normal() + jump);
  },
};

/** Ornstein and Uhlenbeck: what goes up comes down. */
const meanReversion: ForecastFamily = {
  name: "mean reversion",
  startPath: (random, volatility) => {
    let distance = 0;
    return () => {
      const step = volatility * random.normal() - 0.05 * distance;
      distance += step;
      return step;
    };
  },
};

/** Log volatility wanders around its past level, slowly. */
const stochasticVolatility: ForecastFamily = {
  name: "stochastic volatility",
  startPath: (random, volatility) => {
    let logFactor = 0.35 * random.normal();
    return () => {
      logFactor = 0.97 * logFactor + 0.085 * random.normal();
      // The mean of the squared factor is about exp(2 · 0.35²).
      return volatility * Math.exp(logFactor - 0.35 ** 2) * random.normal();
    };
  },
};

/** Every family that the network knows, some better than others. */
export const FORECAST_FAMILIES: readonly ForecastFamily[] = [
  brownian("brownian motion", 1),
  stochasticVolatility,
  fatTails,
  jumps,
  brownian("too calm, ×0.5", 0.5),
  brownian("too wild, ×2", 2),
  meanReversion,
  brownian("sure of a rise", 1, 0.05),
  brownian("sure of a fall", 1, -0.05),
];
