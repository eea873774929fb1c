import { encodeTraceId, type TraceParams } from "@foretile/keyspace";
import { findPairs } from "./find-pairs.ts";
import { readPosting, transpose, type RowPairs } from "./posting.ts";

/** So many ids are looked for in postings; for more, or when the rows of more are wanted, all ids are made. */
const FEW_IDS = 16;
/** Ids of a smaller part of the rows are made one by one. */
const SMALL_PART = 1 / 8;

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
  /** `key=value,` of pairs, as ids have them; made when it is asked for. */
  readonly #pairTexts: (string | undefined)[] = [];
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
    this.#ids ??= Array.from({ length: this.rows }, (_, row) => this.#makeId(row));
    return this.#ids;
  }

  idOf(row: number): string {
    return this.#ids?.[row] ?? this.#makeId(row);
  }

  /** The ids of some rows. */
  idsOf(rows: Uint32Array): string[] {
    const { ids } = rows.length > SMALL_PART * this.rows ? this : { ids: this.#ids };
    return Array.from(rows, (row) => ids?.[row] ?? this.#makeId(row));
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
    return this.rowsOf([id])[0];
  }

  /** The row of each id; `undefined` for those that have none. */
  rowsOf(ids: readonly string[]): (number | undefined)[] {
    if (this.#ids === undefined && ids.length <= FEW_IDS) {
      return ids.map((id) => this.#findInPostings(id));
    }
    return ids.map((id) => findAmong(this.ids, id));
  }

  #makeKeyOfPair(): Uint32Array {
    const { firstPairs, values } = this.content;
    const keyOfPair = new Uint32Array(values.length);
    for (let key = 0; key + 1 < firstPairs.length; key += 1) {
      keyOfPair.fill(key, firstPairs[key], firstPairs[key + 1]);
    }
    return keyOfPair;
  }

  /** Of the rows of the id's rarest pair, the one that has the very same pairs. */
  #findInPostings(id: string): number | undefined {
    const wanted = findPairs(this.content, id);
    if (wanted === undefined) return undefined;
    const { postingRows } = this.content;
    const rarest = wanted.reduce((found, pair) =>
      (postingRows[pair] as number) < (postingRows[found] as number) ? pair : found,
    );
    return this.rowsOfPair(rarest).find((row) => {
      const pairs = this.pairsOfRow(row);
      return pairs.length === wanted.length && wanted.every((pair, at) => pairs[at] === pair);
    });
  }

  #makeId(row: number): string {
    const { starts, pairs } = this.rowPairs;
    const end = starts[row + 1] as number;
    let id = ",";
    for (let at = starts[row] as number; at < end; at += 1) {
      id += this.#pairText(pairs[at] as number);
    }
    return id;
  }

  #pairText(pair: number): string {
    const { keys, values } = this.content;
    this.#pairTexts[pair] ??= encodeTraceId({
      [keys[this.keyOfPair(pair)] as string]: values[pair] as string,
    }).slice(1);
    return this.#pairTexts[pair];
  }
}

/** @param ids ascending */
function findAmong(ids: readonly string[], id: string): number | undefined {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : undefined;
}
