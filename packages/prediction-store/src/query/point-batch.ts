/** Points of one tile, in parallel arrays that belong to the caller; ordered by step, then simulation. */
export interface BandPoints {
  readonly steps: Uint32Array;
  readonly simulations: Uint32Array;
  readonly values: Float32Array;
}

/** Points gathered until there are enough of them to be handed on. */
export class PointBatch {
  readonly #steps: Uint32Array;
  readonly #simulations: Uint32Array;
  readonly #values: Float32Array;
  #count = 0;

  constructor(size: number) {
    this.#steps = new Uint32Array(size);
    this.#simulations = new Uint32Array(size);
    this.#values = new Float32Array(size);
  }

  get isFull(): boolean {
    return this.#count === this.#values.length;
  }

  /** Only while it is not full. */
  add(step: number, simulation: number, value: number): void {
    this.#steps[this.#count] = step;
    this.#simulations[this.#count] = simulation;
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  /** Takes out all points. */
  take(): BandPoints {
    const count = this.#count;
    this.#count = 0;
    return {
      steps: this.#steps.slice(0, count),
      simulations: this.#simulations.slice(0, count),
      values: this.#values.slice(0, count),
    };
  }
}
