import { inKeyRange, type KeyRange } from "../key.ts";

/** A map whose keys are kept in order. A set or delete of a key moves the sorted key list: O(n), but n is in memory. */
export class OrderedMap<V> {
  readonly #values = new Map<string, V>();
  readonly #keys: string[] = [];

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#indexOf(key), 0, key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#indexOf(key), 1);
  }

  /**
   * The entries of a range in key order. Each step looks for its place anew, so the map may change in between: a key
   * that stays is met exactly once.
   */
  *entries(range: KeyRange): Generator<readonly [string, V], void, undefined> {
    let index = range.gte === undefined ? 0 : this.#indexOf(range.gte);
    for (;;) {
      const key = this.#keys[index];
      if (key === undefined || !inKeyRange(key, range)) return;
      const value = this.#values.get(key);
      if (value !== undefined) yield [key, value];
      index = this.#keys[index] === key ? index + 1 : this.#indexAfter(key);
    }
  }

  /** The place of `key`, or the place it would have. */
  #indexOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#keys[middle];
      if (there !== undefined && there < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexAfter(key: string): number {
    const index = this.#indexOf(key);
    return this.#keys[index] === key ? index + 1 : index;
  }
}
