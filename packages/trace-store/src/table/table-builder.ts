import { compareUtf8 } from "@foretile/keyspace";
import { toHex } from "@foretile/version-store";
import { VarintList } from "../segment/varint-list.ts";
import { tableContentId } from "./table-segment.ts";
import { TraceTable, type TableContent } from "./trace-table.ts";

/** A key with its values, each with the rows that have it, ascending. */
export type PairRows = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/**
 * Makes a table.
 *
 * @param rows how many traces; each must have a pair
 */
export function buildTable(rows: number, pairs: PairRows): TraceTable {
  const keys = [...pairs.keys()].sort(compareUtf8);
  const values: string[] = [];
  const firstPairs = new Uint32Array(keys.length + 1);
  const lists: (readonly number[])[] = [];
  for (const [place, key] of keys.entries()) {
    const rowsOf = pairs.get(key) ?? new Map<string, readonly number[]>();
    for (const value of [...rowsOf.keys()].sort(compareUtf8)) {
      values.push(value);
      lists.push(rowsOf.get(value) ?? []);
    }
    firstPairs[place + 1] = values.length;
  }
  const starts = new Uint32Array(lists.length + 1);
  for (const [pair, list] of lists.entries()) {
    starts[pair + 1] = (starts[pair] as number) + list.length;
  }
  const flat = new Uint32Array(starts.at(-1) ?? 0);
  for (const [pair, list] of lists.entries()) flat.set(list, starts[pair]);
  return tableOf({ rows, keys, firstPairs, values }, { starts, rows: flat });
}

/** The rows of all pairs, one pair after the other. */
export interface RowLists {
  /** Where the rows of each pair begin; one more for the end. */
  readonly starts: Uint32Array;
  /** Of each pair, ascending. */
  readonly rows: Uint32Array;
}

/** Makes a table from pairs in order, and the rows of each. */
export function tableOf(
  dictionary: Pick<TableContent, "rows" | "keys" | "firstPairs" | "values">,
  { starts, rows }: RowLists,
): TraceTable {
  const pairCount = starts.length - 1;
  const postings = new VarintList();
  const postingRows = new Uint32Array(pairCount);
  const postingStarts = new Uint32Array(pairCount + 1);
  for (let pair = 0; pair < pairCount; pair += 1) {
    const end = starts[pair + 1] as number;
    let previous = 0;
    for (let at = starts[pair] as number; at < end; at += 1) {
      const row = rows[at] as number;
      postings.push(row - previous);
      previous = row;
    }
    postingRows[pair] = end - (starts[pair] as number);
    postingStarts[pair + 1] = postings.length;
  }
  const content = {
    ...dictionary,
    postingRows,
    postingStarts,
    postings: postings.bytes.slice(),
  };
  return new TraceTable(content, toHex(tableContentId(content)));
}
