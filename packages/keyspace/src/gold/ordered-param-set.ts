import { compareUtf8 } from "../compare-utf8.ts";
import { KeyspaceError } from "../keyspace-error.ts";
import type { ParamSet } from "../trace/param-set.ts";
import type { TraceParams } from "../trace/trace-id.ts";

/** The number of a key and the number of its value. */
export type ParamNumbers = readonly [key: number, value: number];

const idText = /^,(?:(?:0|[1-9][0-9]{0,9})=(?:0|[1-9][0-9]{0,9}),)+$/;

/**
 * The dictionary of a tile: a number for each key, and for each value of a key, by which ids in the tile name them.
 *
 * It only grows, at its ends: an id that was written with an earlier state means the same in every later one. Immutable;
 * {@link OrderedParamSet.updated} gives the next state.
 */
export class OrderedParamSet {
  static readonly empty: OrderedParamSet = new OrderedParamSet([]);

  readonly #keys: readonly string[];
  readonly #values: readonly (readonly string[])[];
  readonly #numbers: ReadonlyMap<string, readonly [number, ReadonlyMap<string, number>]>;

  private constructor(entries: readonly (readonly [string, readonly string[]])[]) {
    this.#keys = entries.map(([key]) => key);
    this.#values = entries.map(([, values]) => values);
    this.#numbers = new Map(
      entries.map(([key, values], number) => [
        key,
        [number, new Map(values.map((value, index) => [value, index]))],
      ]),
    );
  }

  /**
   * A dictionary with these keys and values, numbered as given.
   *
   * @throws {KeyspaceError} `malformed` for a key that is there twice, or a value twice for one key: a number would mean
   *   nothing then
   */
  static of(entries: Iterable<readonly [key: string, values: readonly string[]]>): OrderedParamSet {
    const copied = Array.from(entries, ([key, values]) => [key, [...values]] as const);
    const set = new OrderedParamSet(copied);
    if (set.#numbers.size !== copied.length) {
      throw new KeyspaceError("malformed", "key is in a dictionary twice");
    }
    for (const [key, values] of copied) {
      if (set.#numbers.get(key)?.[1].size !== values.length) {
        throw new KeyspaceError(
          "malformed",
          `value is in a dictionary twice key=${JSON.stringify(key.slice(0, 80))}`,
        );
      }
    }
    return set;
  }

  /** The keys in order of their numbers. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** Keys with their values, both in order of their numbers. */
  entries(): readonly (readonly [key: string, values: readonly string[]])[] {
    return this.#keys.map((key, number) => [key, this.#values[number] ?? []]);
  }

  /** What of `params` is not in the dictionary yet, without repetitions, otherwise in the order given. */
  delta(params: ParamSet): Record<string, string[]> {
    const missing: [string, string[]][] = [];
    for (const [key, values] of Object.entries(params)) {
      const known = this.#numbers.get(key)?.[1];
      const fresh = new Set<string>();
      for (const value of values) if (known?.has(value) !== true) fresh.add(value);
      if (known === undefined || fresh.size > 0) missing.push([key, [...fresh]]);
    }
    return Object.fromEntries(missing);
  }

  /**
   * The dictionary with everything of `params` in it: new keys at the end in order of their UTF-8 bytes, new values at
   * the end of their keys in the order given. The same object when nothing is new.
   */
  updated(params: ParamSet): OrderedParamSet {
    const delta = new Map(Object.entries(this.delta(params)));
    if (delta.size === 0) return this;
    const grown = this.entries().map(
      ([key, values]) => [key, [...values, ...(delta.get(key) ?? [])]] as const,
    );
    const added = [...delta].filter(([key]) => !this.#numbers.has(key));
    added.sort(([left], [right]) => compareUtf8(left, right));
    return new OrderedParamSet([...grown, ...added]);
  }

  /** Whether every key and value of `params` is in the dictionary. */
  has(params: TraceParams): boolean {
    return Object.entries(params).every(
      ([key, value]) => this.#numbers.get(key)?.[1].has(value) === true,
    );
  }

  /**
   * The numbers of params, in order of the numbers of keys.
   *
   * @throws {KeyspaceError} `invalid-argument` for no params, and for a key or value that is not in the dictionary
   */
  numbers(params: TraceParams): readonly ParamNumbers[] {
    const pairs = Object.entries(params).map(([key, value]): ParamNumbers => {
      const [number, values] = this.#numbers.get(key) ?? [];
      const index = values?.get(value);
      if (number === undefined || index === undefined) {
        throw new KeyspaceError(
          "invalid-argument",
          `dictionary does not have the param key=${JSON.stringify(key)} value=${JSON.stringify(value)}`,
        );
      }
      return [number, index];
    });
    if (pairs.length === 0) {
      throw new KeyspaceError("invalid-argument", "params must have at least one key");
    }
    return pairs.sort(([left], [right]) => left - right);
  }

  /**
   * `,0=1,3=0,`: the id that params have in the tile.
   *
   * @throws {KeyspaceError} `invalid-argument` as {@link OrderedParamSet.numbers}
   */
  encode(params: TraceParams): string {
    return this.numbers(params).reduce((id, [key, value]) => `${id}${key}=${value},`, ",");
  }

  /**
   * The params that {@link OrderedParamSet.encode} wrote as `id`.
   *
   * @throws {KeyspaceError} `malformed` for any other text, also for numbers that the dictionary does not have
   */
  decode(id: string): Record<string, string> {
    if (!idText.test(id)) throw malformed(id);
    let previous = -1;
    const pairs = id
      .slice(1, -1)
      .split(",")
      .map((pair): [string, string] => {
        const middle = pair.indexOf("=");
        const number = Number(pair.slice(0, middle));
        const key = this.#keys[number];
        const value = this.#values[number]?.[Number(pair.slice(middle + 1))];
        if (number <= previous || key === undefined || value === undefined) throw malformed(id);
        previous = number;
        return [key, value];
      });
    return Object.fromEntries(pairs);
  }
}

function malformed(id: string): KeyspaceError {
  return new KeyspaceError(
    "malformed",
    `not an id of this dictionary length=${id.length} start=${JSON.stringify(id.slice(0, 80))}`,
  );
}
