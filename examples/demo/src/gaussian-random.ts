import { createSeededRandom } from "@foretile/testkit";

/** Seeded randomness in the shapes that a simulation needs. */
export class GaussianRandom {
  readonly #source: ReturnType<typeof createSeededRandom>;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#source = createSeededRandom(seed);
  }

  /** Randomness of its own for each tuple of whole numbers: what one draws does not move the others. */
  static of(...parts: readonly number[]): GaussianRandom {
    // FNV-1a over the parts; near tuples end far apart.
    const seed = parts.reduce((hash, part) => Math.imul(hash ^ part, 0x0100_0193), 0x811c_9dc5);
    return new GaussianRandom(seed);
  }

  /** In the open interval (0, 1). */
  uniform(): number {
    return (this.#source.nextUint32() + 0.5) / 2 ** 32;
  }

  /** Mean 0, variance 1: the polar method of Marsaglia. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /** From 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const [a, b] = [result[last] as T, result[other] as T];
      result[last] = b;
      result[other] = a;
    }
    return result;
  }
}
