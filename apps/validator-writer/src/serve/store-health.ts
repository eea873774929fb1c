/**
 * Whether the store took what was last written to it. Writes are the only honest probe: a full disk still answers every
 * read.
 */
export class StoreHealth {
  #failure: string | undefined;

  /** What the last failed write said, until a write succeeds again. */
  get failure(): string | undefined {
    return this.#failure;
  }

  succeeded(): void {
    this.#failure = undefined;
  }

  failed(message: string): void {
    this.#failure = message;
  }
}
