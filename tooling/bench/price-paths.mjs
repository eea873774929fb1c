// Seeded geometric Brownian paths as miners send them: at most eight significant digits, as JSON text.

const secondsPerYear = 365 * 24 * 3600;

/** Uniform numbers in (0, 1]: mulberry32. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return (((value ^ (value >>> 14)) >>> 0) + 1) / 4294967296;
  };
}

/** Standard normal numbers: Box and Muller. */
function normal(seed) {
  const next = uniform(seed);
  let spare;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** One path of `steps` prices from `start` on; `sigma` is the volatility per year. */
export function pricePath({ seed, start, sigma, incrementSeconds, steps }) {
  const draw = normal(seed);
  const deviation = sigma * Math.sqrt(incrementSeconds / secondsPerYear);
  const path = [start];
  let price = start;
  for (let step = 1; step < steps; step += 1) {
    price *= Math.exp(deviation * draw() - (deviation * deviation) / 2);
    path.push(price);
  }
  return path;
}

/** The `prediction` of one miner as JSON text: `[start, increment, path, …]`. */
export function predictionText({
  seed,
  startUnixSeconds,
  incrementSeconds,
  steps,
  simulations,
  start,
  sigma,
}) {
  const parts = [`${startUnixSeconds}`, `${incrementSeconds}`];
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const path = pricePath({
      seed: seed * 100_003 + simulation,
      start,
      sigma,
      incrementSeconds,
      steps,
    });
    parts.push(`[${path.map((price) => Number(price.toPrecision(8))).join(",")}]`);
  }
  return `[${parts.join(",")}]`;
}
