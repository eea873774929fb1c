import { uniformRandom } from "./uniform-random.mjs";

/**
 * One answer: paths that start at the same price and move by factors drawn at random, each price a decimal of at most
 * `digits` digits, as miners send them.
 *
 * @param {object} options
 * @param {number} options.seed
 * @param {number} options.start
 * @param {Float64Array} options.factors
 * @param {{ simulations: number, steps: number }} options.shape
 * @param {number} [options.digits] significant digits of each price
 * @param {number} [options.decimals] instead of `digits`: digits behind the point
 * @param {Float64Array | undefined} [options.exact] gets the decimals themselves, as rows: `exact[simulation * steps + step]`
 * @returns {Float32Array} `[steps][simulations]`
 */
export function makeTile({ seed, start, factors, shape, digits = 8, decimals, exact }) {
  const { simulations, steps } = shape;
  const tile = new Float32Array(simulations * steps);
  const uniform = uniformRandom(Math.imul(seed + 1, 0x9e3779b1));
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    let price = start;
    for (let step = 0; step < steps; step += 1) {
      // A leading zero counts as a digit, as it does for the network.
      const places = decimals ?? Math.min(digits - 1, digits - 1 - Math.floor(Math.log10(price)));
      const scale = POWERS[places] ?? 10 ** places;
      // A whole number by a power of ten is the nearest number to that decimal, so that it prints as it.
      const rounded = Math.round(price * scale) / scale;
      tile[step * simulations + simulation] = rounded;
      if (exact !== undefined) exact[simulation * steps + step] = rounded;
      price *= factors[Math.ceil(uniform() * factors.length) - 1] ?? 1;
    }
  }
  return tile;
}

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** The `prediction` of one miner as JSON text: `[start, increment, path, …]`, of what {@link makeTile} gave as `exact`. */
export function predictionText(exact, { startUnixSeconds, incrementSeconds, shape }) {
  const parts = [`${startUnixSeconds}`, `${incrementSeconds}`];
  for (let simulation = 0; simulation < shape.simulations; simulation += 1) {
    const from = simulation * shape.steps;
    parts.push(`[${exact.subarray(from, from + shape.steps).join(",")}]`);
  }
  return `[${parts.join(",")}]`;
}
