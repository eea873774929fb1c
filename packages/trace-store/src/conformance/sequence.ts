/** Numbers that look random and follow from a seed. */
export class Sequence {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e37_79b9 + 1) >>> 0;
  }

  /** A whole number from 0 to before `end`. */
  below(end: number): number {
    // xorshift: good enough to choose by.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % end;
  }

  oneOf<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}
