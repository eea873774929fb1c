/**
 * A bound on bytes that are held at one time. Whoever takes bytes gives the same number back when they are let go.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  #heldBytes = 0;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  /** @param maxBytes the most bytes held at one time, ≥ 1 */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that are held now. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes `bytes` if they are free now; `false` leaves everything as it was. */
  tryTake(bytes: number): boolean {
    if (this.#waiting.length > 0 || this.#heldBytes + bytes > this.#maxBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  /**
   * Takes `bytes` as soon as they are free, in the order of the calls. More bytes than the budget has are given when
   * nothing else is held, so that one large thing goes alone instead of never.
   */
  take(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#heldBytes += bytes;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, start: resolve });
    });
  }

  /** Gives back bytes that were taken. */
  give(bytes: number): void {
    this.#heldBytes -= bytes;
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#fits(next.bytes)) return;
      this.#waiting.shift();
      this.#heldBytes += next.bytes;
      next.start();
    }
  }

  #fits(bytes: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + bytes <= this.#maxBytes;
  }
}
