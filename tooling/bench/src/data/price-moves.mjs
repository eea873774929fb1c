import { uniformRandom } from "./uniform-random.mjs";

const SECONDS_PER_YEAR = 365 * 24 * 3600;
const MINUTE = 60;
/** Of the normal distribution; drawn from at random, so that a path costs neither logarithms nor sines. */
const NORMAL_MOVES = 1 << 16;

/**
 * What paths are made of: where they start, and by which factors a price moves from one step to the next.
 *
 * @typedef {object} PriceMoves
 * @property {string} origin for people
 * @property {number} start
 * @property {Float64Array} factors each as likely as the others
 * @property {(number: number, steps: number) => Float64Array} realized what happened in the time of request `number`;
 *   its first price is where the request's paths start
 */

/**
 * Geometric Brownian motion: each step's logarithmic return is normal.
 *
 * @param {{ start: number, yearlyVolatility: number, incrementSeconds: number }} options
 * @returns {PriceMoves}
 */
export function brownianMoves({ start, yearlyVolatility, incrementSeconds }) {
  const deviation = yearlyVolatility * Math.sqrt(incrementSeconds / SECONDS_PER_YEAR);
  const uniform = uniformRandom(1);
  const factors = new Float64Array(NORMAL_MOVES);
  for (let at = 0; at < NORMAL_MOVES; at += 2) {
    // Box and Muller.
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    factors[at] = factorOf(radius * Math.cos(angle), deviation);
    factors[at + 1] = factorOf(radius * Math.sin(angle), deviation);
  }
  const realized = (number, steps) => {
    const draw = uniformRandom(1_000_003 + number);
    return pathOf(start, steps, () => factors[Math.ceil(draw() * NORMAL_MOVES) - 1] ?? 1);
  };
  return { origin: `geometric Brownian motion from ${start}`, start, factors, realized };
}

/**
 * The moves of real prices, drawn from at random: their tails are as fat as they were.
 *
 * @param {string} text rows `timestamp,price` of whole minutes, ascending; a heading may come first
 * @param {{ incrementSeconds: number, requestEverySeconds: number, origin: string }} options
 * @returns {PriceMoves}
 */
export function realMoves(text, { incrementSeconds, requestEverySeconds, origin }) {
  const prices = pricesByMinute(text);
  const stride = incrementSeconds / MINUTE;
  const factors = [];
  for (let at = stride; at < prices.length; at += stride) {
    factors.push((prices[at] ?? 1) / (prices[at - stride] ?? 1));
  }
  if (factors.length === 0) throw new Error(`too few prices file=${origin}`);
  const realized = (number, steps) => {
    const first = (number * requestEverySeconds) / MINUTE;
    // Beyond the end of the file it begins again.
    return Float64Array.from(
      { length: steps },
      (_, step) => prices[(first + step * stride) % prices.length] ?? 1,
    );
  };
  return { origin, start: prices[0] ?? 1, factors: Float64Array.from(factors), realized };
}

/** A minute without a row has the price before it. */
function pricesByMinute(text) {
  const prices = [];
  let first;
  for (const line of text.split("\n")) {
    const [timestamp, price] = line.split(",").map(Number);
    if (!Number.isFinite(timestamp) || !(price > 0)) continue;
    const minute = Math.floor(timestamp / MINUTE);
    first ??= minute;
    while (prices.length < minute - first) prices.push(prices.at(-1));
    prices[minute - first] = price;
  }
  return prices;
}

function factorOf(normal, deviation) {
  return Math.exp(deviation * normal - (deviation * deviation) / 2);
}

function pathOf(start, steps, nextFactor) {
  const path = new Float64Array(steps);
  let price = start;
  for (let step = 0; step < steps; step += 1) {
    path[step] = price;
    price *= nextFactor();
  }
  return path;
}
