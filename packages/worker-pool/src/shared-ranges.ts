const NEXT = 0;
const DONE = 1;
const FIELDS = 2;

/**
 * Ranges of one job, counted from 0, in memory that threads share: whoever is free takes the next one. Nothing is sent
 * and nobody waits.
 */
export class SharedRanges {
  /** Pass it to a thread and make its view with the constructor. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  static create(count: number): SharedRanges {
    const bytes = (FIELDS + count) * Int32Array.BYTES_PER_ELEMENT;
    return new SharedRanges(new SharedArrayBuffer(bytes));
  }

  get count(): number {
    return this.#words.length - FIELDS;
  }

  /** How many were finished so far. */
  get doneCount(): number {
    return Atomics.load(this.#words, DONE);
  }

  /** The next range that nobody has; `undefined` when there is none, or after {@link stop}. */
  take(): number | undefined {
    const range = Atomics.add(this.#words, NEXT, 1);
    return range < this.count ? range : undefined;
  }

  /** Notes that the results of a range are where everybody can read them. */
  finish(range: number): void {
    Atomics.store(this.#words, FIELDS + range, 1);
    Atomics.add(this.#words, DONE, 1);
  }

  isDone(range: number): boolean {
    return Atomics.load(this.#words, FIELDS + range) === 1;
  }

  /** Nobody takes another range from here on. */
  stop(): void {
    Atomics.store(this.#words, NEXT, this.count);
  }
}
