import { compareUtf8 } from "@foretile/keyspace";
import { rowsWithin } from "./rows-within.ts";
import { tableOf, type RowLists } from "./table-builder.ts";
import type { TraceTable, TableContent } from "./trace-table.ts";

/** Where the rows of a table are in a joined one. */
interface RowMap {
  /** The joined row of each row. */
  readonly toJoined: Uint32Array;
  /** The row of each joined row; −1 for none. */
  readonly fromJoined: Int32Array;
}

/** A table, and where rows of other tables are in it. */
export interface JoinedTables {
  readonly table: TraceTable;
  /** For each of the tables; `undefined` when it is that very table. */
  readonly rowMaps: readonly (RowMap | undefined)[];
}

interface Joined {
  readonly table: TraceTable;
  readonly rowMaps: readonly (Uint32Array | undefined)[];
}

/** All traces of some tables in one. */
export function joinTables(tables: readonly TraceTable[]): JoinedTables {
  const { table, rowMaps } = joinInto(tables) ?? joinAll(tables);
  return {
    table,
    rowMaps: rowMaps.map(
      (toJoined) => toJoined && { toJoined, fromJoined: inverse(toJoined, table.rows) },
    ),
  };
}

function inverse(toJoined: Uint32Array, rows: number): Int32Array {
  const fromJoined = new Int32Array(rows).fill(-1);
  for (const [row, joined] of toJoined.entries()) fromJoined[joined] = row;
  return fromJoined;
}

function joinAll(tables: readonly TraceTable[]): Joined {
  const { rowMaps, rows } = joinRows(tables);
  const { dictionary, pairMaps } = joinDictionaries(tables);
  const sources = rowMaps.map((rowMap, place) => ({
    rowMap,
    pairMap: pairMaps[place] as Uint32Array,
    table: tables[place] as TraceTable,
    next: 0,
  }));
  const lists = listRows(dictionary.values.length, rows, (row, add) => {
    const having = sources.filter(({ rowMap, next }) => rowMap[next] === row);
    const [any] = having;
    if (any === undefined) return;
    const { starts, pairs } = any.table.rowPairs;
    const end = starts[any.next + 1] as number;
    for (let at = starts[any.next] as number; at < end; at += 1) {
      add(any.pairMap[pairs[at] as number] as number);
    }
    for (const source of having) source.next += 1;
  });
  const table = tableOf({ rows, ...dictionary }, lists);
  return {
    table,
    rowMaps: rowMaps.map((rowMap, place) => (tables[place]?.id === table.id ? undefined : rowMap)),
  };
}

/** The largest of some tables, when it has all traces of the others; the usual case, and cheap. */
function joinInto(tables: readonly TraceTable[]): Joined | undefined {
  const largest = tables.reduce<TraceTable | undefined>(
    (found, table) => (found !== undefined && found.rows >= table.rows ? found : table),
    undefined,
  );
  if (largest === undefined) return undefined;
  const rowMaps: (Uint32Array | undefined)[] = [];
  for (const table of tables) {
    const isSame = table.id === largest.id;
    const rows = isSame ? undefined : rowsWithin(table, largest);
    if (!isSame && rows === undefined) return undefined;
    rowMaps.push(rows);
  }
  return { table: largest, rowMaps };
}

/** Some rows of a table as a table, in their order. */
export function tableOfRows(table: TraceTable, rows: Uint32Array): TraceTable {
  if (rows.length === table.rows) return table;
  const { keys, firstPairs, values } = table.content;
  const all = table.rowPairs;
  const lists = listRows(values.length, rows.length, (place, add) => {
    const row = rows[place] as number;
    const end = all.starts[row + 1] as number;
    for (let at = all.starts[row] as number; at < end; at += 1) add(all.pairs[at] as number);
  });
  const keptKeys: string[] = [];
  const keptFirst = [0];
  const keptValues: string[] = [];
  const keptStarts = [0];
  for (const [key, name] of keys.entries()) {
    for (let pair = firstPairs[key] as number; pair < (firstPairs[key + 1] as number); pair += 1) {
      const end = lists.starts[pair + 1] as number;
      if (end === lists.starts[pair]) continue;
      keptValues.push(values[pair] as string);
      keptStarts.push(end);
    }
    if (keptValues.length === keptFirst.at(-1)) continue;
    keptKeys.push(name);
    keptFirst.push(keptValues.length);
  }
  const dictionary = {
    keys: keptKeys,
    firstPairs: Uint32Array.from(keptFirst),
    values: keptValues,
  };
  const kept = { starts: Uint32Array.from(keptStarts), rows: lists.rows };
  return tableOf({ rows: rows.length, ...dictionary }, kept);
}

/**
 * The rows of each pair, from the pairs of each row.
 *
 * @param pairsOf tells the pairs of one row; asked for each row once, ascending
 */
function listRows(
  pairCount: number,
  rowCount: number,
  pairsOf: (row: number, add: (pair: number) => void) => void,
): RowLists {
  const pairs: number[] = [];
  const pairStarts = new Uint32Array(rowCount + 1);
  const add = (pair: number): void => void pairs.push(pair);
  for (let row = 0; row < rowCount; row += 1) {
    pairsOf(row, add);
    pairStarts[row + 1] = pairs.length;
  }
  const starts = new Uint32Array(pairCount + 1);
  for (const pair of pairs) starts[pair + 1] = (starts[pair + 1] as number) + 1;
  for (let pair = 0; pair < pairCount; pair += 1) {
    starts[pair + 1] = (starts[pair + 1] as number) + (starts[pair] as number);
  }
  const next = starts.slice(0, pairCount);
  const rows = new Uint32Array(pairs.length);
  for (let row = 0; row < rowCount; row += 1) {
    for (let at = pairStarts[row] as number; at < (pairStarts[row + 1] as number); at += 1) {
      const pair = pairs[at] as number;
      const place = next[pair] as number;
      rows[place] = row;
      next[pair] = place + 1;
    }
  }
  return { starts, rows };
}

/** Where the rows of each table are in the order of all. */
function joinRows(tables: readonly TraceTable[]): {
  readonly rowMaps: Uint32Array[];
  readonly rows: number;
} {
  const rowMaps = tables.map(({ rows }) => new Uint32Array(rows));
  const next = tables.map(() => 0);
  let rows = 0;
  for (;;) {
    let lowest: string | undefined;
    for (const [place, { ids }] of tables.entries()) {
      const id = ids[next[place] as number];
      if (id !== undefined && (lowest === undefined || id < lowest)) lowest = id;
    }
    if (lowest === undefined) return { rowMaps, rows };
    for (const [place, { ids }] of tables.entries()) {
      const row = next[place] as number;
      if (ids[row] !== lowest) continue;
      (rowMaps[place] as Uint32Array)[row] = rows;
      next[place] = row + 1;
    }
    rows += 1;
  }
}

function joinDictionaries(tables: readonly TraceTable[]): {
  readonly dictionary: Pick<TableContent, "keys" | "firstPairs" | "values">;
  /** For each table: the joined pair for each of its pairs. */
  readonly pairMaps: readonly Uint32Array[];
} {
  const valuesOf = new Map<string, Set<string>>();
  for (const table of tables) {
    const { keys, values } = table.content;
    for (const [pair, value] of values.entries()) {
      const key = keys[table.keyOfPair(pair)] as string;
      const own = valuesOf.get(key) ?? new Set();
      valuesOf.set(key, own.add(value));
    }
  }
  const keys = [...valuesOf.keys()].sort(compareUtf8);
  const firstPairs = new Uint32Array(keys.length + 1);
  const values: string[] = [];
  const pairOf = new Map<string, Map<string, number>>();
  for (const [place, key] of keys.entries()) {
    const own = new Map<string, number>();
    for (const value of [...(valuesOf.get(key) ?? [])].sort(compareUtf8)) {
      own.set(value, values.length);
      values.push(value);
    }
    pairOf.set(key, own);
    firstPairs[place + 1] = values.length;
  }
  const pairMaps = tables.map((table) =>
    Uint32Array.from(table.content.values, (value, pair) => {
      const key = table.content.keys[table.keyOfPair(pair)] as string;
      return pairOf.get(key)?.get(value) ?? 0;
    }),
  );
  return { dictionary: { keys, firstPairs, values }, pairMaps };
}
