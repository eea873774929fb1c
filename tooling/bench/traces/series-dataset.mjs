/** Positions of a tile. */
export const TILE_SIZE = 256;

const ASSETS = 10;
const LABELS = ["low", "high"];
const INTERVALS = ["1min", "5min", "30min", "3h", "24h"];

/** Conditions that one trace of a hundred meets. */
export const ONE_PERCENT = { asset: "A3", label: "low", interval: "30min" };

/**
 * Traces and their points, the same for every subject: a point is there by chance, and its value is a price-like number
 * whose digits nothing can guess.
 */
export class SeriesDataset {
  /** @param {{ traces: number, density: number }} size */
  constructor({ traces, density }) {
    this.traces = traces;
    this.density = density;
  }

  /** Params of every trace. */
  params() {
    return Array.from({ length: this.traces }, (_, trace) => this.paramsOf(trace));
  }

  /** @param {number} trace */
  paramsOf(trace) {
    return {
      asset: `A${trace % ASSETS}`,
      label: LABELS[Math.floor(trace / ASSETS) % LABELS.length] ?? "",
      interval: INTERVALS[Math.floor(trace / (ASSETS * LABELS.length)) % INTERVALS.length] ?? "",
      miner: String(Math.floor(trace / (ASSETS * LABELS.length * INTERVALS.length))),
    };
  }

  /**
   * Fills in what all traces have at a position.
   *
   * @param {number} position
   * @param {Float32Array} values
   * @param {Uint8Array} states 1 where there is a value, 0 where there is none
   */
  fill(position, values, states) {
    const limit = this.density * 2 ** 32;
    for (let trace = 0; trace < this.traces; trace += 1) {
      const bits = mix(Math.imul(position + 1, 0x9e3779b1) ^ Math.imul(trace + 1, 0x85ebca77));
      states[trace] = mix(bits ^ 0x27d4eb2f) < limit ? 1 : 0;
      values[trace] = states[trace] === 1 ? 50 + bits / 2 ** 27 : 0;
    }
  }
}

/** Count of points, and the sum of their bits modulo 2^32: in whatever order they come. */
export class PointSum {
  count = 0;
  bits = 0;
  #float = new Float32Array(1);
  #integer = new Uint32Array(this.#float.buffer);

  /** @param {number} value */
  add(value) {
    this.#float[0] = value;
    this.count += 1;
    this.bits = (this.bits + (this.#integer[0] ?? 0)) >>> 0;
  }

  toString() {
    return `${this.count}:${this.bits}`;
  }
}

/** Scatters the bits of an integer (the finalizer of MurmurHash3). */
function mix(bits) {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
