import { invalidQuery } from "./invalid-query.ts";

/**
 * A level as prices are stored. A price and a level written with the same digits are then equal, which they would not be
 * with the level as a double.
 *
 * @throws {PredictionStoreError} `invalid-query` unless it is finite as float32
 */
export function levelAsPrice(level: number): number {
  const price = Math.fround(level);
  if (!Number.isFinite(price)) throw invalidQuery(`level must be a finite price level=${level}`);
  return price;
}

/** A range of prices with both ends in it. */
export interface Band {
  /** Taken as the nearest float32. Default: no lower end. */
  readonly low?: number | undefined;
  /** Taken as the nearest float32. Default: no upper end. */
  readonly high?: number | undefined;
}

/** @throws {PredictionStoreError} `invalid-query` unless low ≤ high and at least one of them is given */
export function bandAsPrices({ low, high }: Band): { readonly low: number; readonly high: number } {
  if (low === undefined && high === undefined) {
    throw invalidQuery("band must have a lower end, an upper end or both");
  }
  const prices = {
    low: low === undefined ? -Infinity : levelAsPrice(low),
    high: high === undefined ? Infinity : levelAsPrice(high),
  };
  if (prices.low > prices.high) {
    throw invalidQuery(`band must not end below its beginning low=${low} high=${high}`);
  }
  return prices;
}
