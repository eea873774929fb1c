import { ScoringError } from "./scoring-error.ts";

/** One one-minute candle of a price feed. */
export interface Candle {
  /** When the minute opens, seconds since 1970. */
  readonly unixSeconds: number;
  /** The close: the last price before `unixSeconds + 60`. Finite and not 0. */
  readonly price: number;
}

/** The points in time of a request. */
export interface TimeGrid {
  readonly startUnixSeconds: number;
  readonly timeIncrementSeconds: number;
  /** Points, the start included, at least 1. */
  readonly steps: number;
}

/**
 * What the candles say about a grid.
 *
 * - `covered`: `path` has a price per point, NaN for the `missingCount` points without a candle. `replacedCount` candles
 *   on the grid were replaced by a later row of the same minute with another price.
 * - `not-covered`: score later. `not-settled`: no candle opens after the last point, so the last close may still change.
 *   `last-price-missing`: there is no candle at the last point.
 */
export type RealizedPath =
  | {
      readonly status: "covered";
      readonly path: Float64Array;
      readonly missingCount: number;
      readonly replacedCount: number;
    }
  | { readonly status: "not-covered"; readonly reason: "not-settled" | "last-price-missing" };

/**
 * The realized prices on a grid. The value at grid time t is the close of the one-minute candle that opens at t; nothing
 * is interpolated or carried forward.
 *
 * @param candles in any order; of several rows of one minute the last one counts
 * @throws {ScoringError} `invalid-argument` for a grid that cannot be, or a candle whose time is not whole or whose price
 *   is 0, infinite or NaN
 */
export function realizedPath(candles: Iterable<Candle>, grid: TimeGrid): RealizedPath {
  const { startUnixSeconds, timeIncrementSeconds, steps } = grid;
  checkGrid(grid);
  const lastUnixSeconds = startUnixSeconds + (steps - 1) * timeIncrementSeconds;
  const path = new Float64Array(steps).fill(Number.NaN);
  let settled = false;
  let missingCount = steps;
  let replacedCount = 0;
  for (const { unixSeconds, price } of candles) {
    if (!Number.isSafeInteger(unixSeconds) || !Number.isFinite(price) || price === 0) {
      throw new ScoringError(
        "invalid-argument",
        `candle needs whole seconds and a finite price other than 0 unixSeconds=${unixSeconds} price=${price}`,
      );
    }
    if (unixSeconds > lastUnixSeconds) settled = true;
    const offset = unixSeconds - startUnixSeconds;
    const step = offset / timeIncrementSeconds;
    if (step < 0 || step >= steps || !Number.isInteger(step)) continue;
    const known = path[step] as number;
    if (Number.isNaN(known)) missingCount -= 1;
    else if (known !== price) replacedCount += 1;
    path[step] = price;
  }
  if (!settled) return { status: "not-covered", reason: "not-settled" };
  if (Number.isNaN(path[steps - 1])) {
    return { status: "not-covered", reason: "last-price-missing" };
  }
  return { status: "covered", path, missingCount, replacedCount };
}

function checkGrid({ startUnixSeconds, timeIncrementSeconds, steps }: TimeGrid): void {
  if (!Number.isSafeInteger(startUnixSeconds)) {
    throw new ScoringError(
      "invalid-argument",
      `start of a grid must be whole seconds startUnixSeconds=${startUnixSeconds}`,
    );
  }
  for (const [name, value] of Object.entries({ timeIncrementSeconds, steps })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ScoringError(
        "invalid-argument",
        `grid must be whole and positive ${name}=${value}`,
      );
    }
  }
}
