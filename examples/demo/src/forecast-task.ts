/** One request as the simulated miners see it. */
export interface ForecastTask {
  /** Position among the demo's requests, from 0. */
  readonly index: number;
  /** The validator's name for it. */
  readonly id: string;
  readonly asset: string;
  readonly startUnixSeconds: number;
  readonly incrementSeconds: number;
  /** Points of each path, the start included. */
  readonly steps: number;
  readonly simulations: number;
  /** The last price that is known. */
  readonly price: number;
  /** Standard deviation of a step's log return over the day before. */
  readonly volatility: number;
}

/** Synth's 24 hour competition, which the demo plays. */
export const LABEL = "low";
export const INCREMENT_SECONDS = 300;
export const LENGTH_SECONDS = 86_400;
