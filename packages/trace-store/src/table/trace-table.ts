import { encodeTraceId, type TraceParams } from "@foretile/keyspace";
import { readPosting, transpose, type RowPairs } from "./posting.ts";

/** The content of a table, as it is stored. */
export interface TableContent {
  /** How many traces. */
  readonly rows: number;
  /** In order of their UTF-8 bytes. */
  readonly keys: readonly string[];
  /** `keys.length + 1` pair numbers: the pairs of key `k` are those from `firstPairs[k]` to before `firstPairs[k + 1]`. */
  readonly firstPairs: Uint32Array;
  /** The value of each pair; those of one key in order of their UTF-8 bytes. */
  readonly values: readonly string[];
  /** How many rows have each pair. */
  readonly postingRows: Uint32Array;
  /** Where the posting of each pair begins in `postings`; one more for the end. */
  readonly postingStarts: Uint32Array;
  /** Of each pair: its first row, then differences, as varints. */
  readonly postings: Uint8Array;
}

/**
 * Traces in order of their ids, as a dictionary of keys and values with postings: a **pair** is a key with one of its
 * values, and its posting lists the rows that have it. Immutable. What can be derived is derived when it is asked for.
 */
export class TraceTable {
  readonly content: TableContent;
  /** 32 hexadecimal characters that name the content. */
  readonly id: string;
  #keyOfPair: Uint32Array | undefined;
  #rowPairs: RowPairs | undefined;
  #ids: readonly string[] | undefined;

  constructor(content: TableContent, id: string) {
    this.content = content;
    this.id = id;
  }

  get rows(): number {
    return this.content.rows;
  }

  /** About how many bytes it takes in memory once everything was asked for. */
  get memoryBytes(): number {
    const { rows, values, keys, postings } = this.content;
    const texts = values.reduce((sum, value) => sum + value.length + 32, 0);
    return postings.length + 2 * texts + rows * (64 + 24 * keys.length);
  }

  /** The ids of all rows, ascending. */
  get ids(): readonly string[] {
    return (this.#ids ??= this.#makeIds());
  }

  /** The rows that have a pair, ascending. */
  rowsOfPair(pair: number): Uint32Array {
    return readPosting(this.content, pair);
  }

  /** The pairs of all rows. */
  get rowPairs(): RowPairs {
    return (this.#rowPairs ??= transpose(this.content));
  }

  /** The pairs of a row, in order of their keys. A view. */
  pairsOfRow(row: number): Uint32Array {
    const { starts, pairs } = this.rowPairs;
    return pairs.subarray(starts[row], starts[row + 1]);
  }

  /** The number of a pair's key. */
  keyOfPair(pair: number): number {
    this.#keyOfPair ??= this.#makeKeyOfPair();
    return this.#keyOfPair[pair] as number;
  }

  paramsOfRow(row: number): TraceParams {
    const { keys, values } = this.content;
    return Object.fromEntries(
      Array.from(this.pairsOfRow(row), (pair) => [
        keys[this.keyOfPair(pair)] as string,
        values[pair] as string,
      ]),
    );
  }

  /** The row of an id; `undefined` when it has none. */
  rowOf(id: string): number | undefined {
    const { ids } = this;
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ids[middle] as string) < id) low = middle + 1;
      else high = middle;
    }
    return ids[low] === id ? low : undefined;
  }

  #makeKeyOfPair(): Uint32Array {
    const { firstPairs, values } = this.content;
    const keyOfPair = new Uint32Array(values.length);
    for (let key = 0; key + 1 < firstPairs.length; key += 1) {
      keyOfPair.fill(key, firstPairs[key], firstPairs[key + 1]);
    }
    return keyOfPair;
  }

  #makeIds(): string[] {
    const { keys, values, rows } = this.content;
    const texts = values.map((value, pair) =>
      encodeTraceId({ [keys[this.keyOfPair(pair)] as string]: value }).slice(1),
    );
    const { starts, pairs } = this.rowPairs;
    const ids: string[] = [];
    for (let row = 0; row < rows; row += 1) {
      let id = ",";
      const end = starts[row + 1] as number;
      for (let at = starts[row] as number; at < end; at += 1) id += texts[pairs[at] as number];
      ids.push(id);
    }
    return ids;
  }
}
