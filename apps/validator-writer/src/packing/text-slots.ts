/** Smaller slots than this are not worth telling apart. */
const LEAST_BYTES = 1024 * 1024;

/** Memory that a text waits in, shared with the thread that reads it. */
export interface TextSlot {
  readonly memory: SharedArrayBuffer;
  /** Gives the slot back, once. */
  free(): void;
}

/** A few pieces of shared memory that are used again and again; who finds none free waits in line. */
export class TextSlots {
  readonly #free: SharedArrayBuffer[] = [];
  readonly #waiting: (() => void)[] = [];
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  /** A slot of at least `bytes` bytes, as soon as there is one. */
  async take(bytes: number): Promise<TextSlot> {
    if (this.#left > 0) this.#left -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const memory = this.#memoryFor(bytes);
    return { memory, free: () => this.#give(memory) };
  }

  #memoryFor(bytes: number): SharedArrayBuffer {
    const spare = this.#free.pop();
    if (spare !== undefined && spare.byteLength >= bytes) return spare;
    return new SharedArrayBuffer(Math.ceil(bytes / LEAST_BYTES) * LEAST_BYTES);
  }

  #give(memory: SharedArrayBuffer): void {
    this.#free.push(memory);
    const next = this.#waiting.shift();
    if (next === undefined) this.#left += 1;
    else next();
  }
}
