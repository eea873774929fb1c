/** A number of places; who finds none does something else. */
export class Places {
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  /** Takes a place, if there is one. */
  take(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  free(count = 1): void {
    this.#left += count;
  }
}
