/** A number of places; who finds none free waits in line. */
export class Places {
  readonly #waiting: (() => void)[] = [];
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  /** Resolves once there is a place. */
  async take(): Promise<void> {
    if (this.#left > 0) this.#left -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#left += 1;
    else next();
  }
}
