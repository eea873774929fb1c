import { readFile } from "node:fs/promises";

import { INCREMENT_SECONDS, LENGTH_SECONDS } from "./forecast-task.ts";
import { GaussianRandom } from "./gaussian-random.ts";

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** 2017-12-05T00:00:00Z. */
const FIRST_UNIX_SECONDS = 1_512_432_000;
/** Between the starts of two requests, when the prices are long enough. */
const SPACING_SECONDS = 6 * 3600;

/** Prices by the minute, as `timestamp,price` rows have them: some minutes are missing. */
export type PriceFeed = ReadonlyMap<number, number>;

/** Makes prices for so many requests: volatility that comes in waves, a few jumps, and gaps. */
export function syntheticPrices(seed: number, requestCount: number): PriceFeed {
  const random = GaussianRandom.of(seed, 4);
  const endUnixSeconds =
    FIRST_UNIX_SECONDS + DAY_SECONDS + (requestCount - 1) * SPACING_SECONDS + LENGTH_SECONDS;
  const prices = new Map<number, number>();
  let logPrice = Math.log(11_700);
  let logFactor = 0;
  let gapMinutes = 0;
  // Some minutes more: a last price counts only when prices go on behind it.
  for (let t = FIRST_UNIX_SECONDS; t <= endUnixSeconds + 600; t += MINUTE_SECONDS) {
    logFactor = 0.995 * logFactor + 0.03 * random.normal();
    logPrice += 0.0006 * Math.exp(logFactor) * random.normal();
    if (random.uniform() < 0.0005) logPrice += 0.004 * random.normal();
    if (random.uniform() < 0.003) gapMinutes = 1 + random.below(8);
    gapMinutes -= 1;
    if (gapMinutes < 0) prices.set(t, Math.round(Math.exp(logPrice) * 100) / 100);
  }
  return prices;
}

/** Reads a price file loosely; the scorer is the one that checks it. */
export async function readPrices(path: string): Promise<PriceFeed> {
  const rows = (await readFile(path, "utf8")).split("\n").map((row) => row.split(",").map(Number));
  return new Map(
    rows.flatMap(([time = Number.NaN, price = Number.NaN]): [number, number][] =>
      Number.isFinite(time) && Number.isFinite(price) ? [[time, price]] : [],
    ),
  );
}

/** The rows of a price file. */
export function priceFileText(prices: PriceFeed): string {
  const rows = Array.from(prices, ([time, price]) => `${time},${price}\n`);
  return `timestamp,price\n${rows.join("")}`;
}

/**
 * Start times with a day of prices before and after each, evenly spread.
 *
 * @throws an error when the prices are too short
 */
export function chooseStarts(prices: PriceFeed, requestCount: number): number[] {
  const times = [...prices.keys()];
  const first = times.reduce((a, b) => Math.min(a, b), Infinity) + DAY_SECONDS;
  const last = times.reduce((a, b) => Math.max(a, b), -Infinity) - LENGTH_SECONDS - 600;
  const spacing = Math.min(SPACING_SECONDS, (last - first) / Math.max(1, requestCount - 1));
  if (!(last >= first && (requestCount === 1 || spacing >= MINUTE_SECONDS))) {
    throw new Error(`the prices are too short for requests=${requestCount}`);
  }
  return Array.from({ length: requestCount }, (_, index) => {
    let start = wholeMinute(first + index * spacing);
    // The scorer needs the very last price of a request.
    while (start <= last && !prices.has(start + LENGTH_SECONDS)) start += MINUTE_SECONDS;
    return start;
  });
}

/** What a miner knows at a start time: the last price, and how much a step moved over the day before. */
export function knownBefore(
  prices: PriceFeed,
  startUnixSeconds: number,
): { readonly price: number; readonly volatility: number } {
  let price = Number.NaN;
  let previous = Number.NaN;
  let squares = 0;
  let count = 0;
  for (let t = startUnixSeconds - DAY_SECONDS; t <= startUnixSeconds; t += INCREMENT_SECONDS) {
    const current = prices.get(t) ?? Number.NaN;
    const change = Math.log(current / previous);
    if (Number.isFinite(change)) {
      squares += change * change;
      count += 1;
    }
    if (Number.isFinite(current)) price = current;
    previous = current;
  }
  if (count === 0) throw new Error(`no prices before the request start=${startUnixSeconds}`);
  return { price, volatility: Math.sqrt(squares / count) };
}

function wholeMinute(unixSeconds: number): number {
  return Math.ceil(unixSeconds / MINUTE_SECONDS) * MINUTE_SECONDS;
}
