import type { TraceParams } from "@foretile/keyspace";
import { buildTable } from "./table-builder.ts";
import type { TraceList } from "./trace-list.ts";
import type { TraceTable } from "./trace-table.ts";

/** Traces in any order, as a table and where each of them is in it. */
export interface OrderedTraces {
  readonly table: TraceTable;
  /** The row of each trace, in the order in which they were given. */
  readonly rows: Uint32Array;
  /** Bytes of all ids. */
  readonly idBytes: number;
}

const ofLists = new WeakMap<TraceList, OrderedTraces>();

/** The table of a list, made once. */
export function tableOfList(list: TraceList): OrderedTraces {
  const known = ofLists.get(list);
  if (known !== undefined) return known;
  const made = tableOfTraces(list.ids, list.params);
  ofLists.set(list, made);
  return made;
}

/** @param ids each once, with the params of the same place */
export function tableOfTraces(
  ids: readonly string[],
  params: readonly TraceParams[],
): OrderedTraces {
  const order = Uint32Array.from(ids.keys()).sort((left, right) =>
    (ids[left] as string) < (ids[right] as string) ? -1 : 1,
  );
  const rows = new Uint32Array(ids.length);
  const pairs = new Map<string, Map<string, number[]>>();
  for (const [row, place] of order.entries()) {
    rows[place] = row;
    const own = params[place] as TraceParams;
    for (const key of Object.keys(own)) {
      let rowsOf = pairs.get(key);
      if (rowsOf === undefined) pairs.set(key, (rowsOf = new Map()));
      const value = own[key] as string;
      const list = rowsOf.get(value);
      if (list === undefined) rowsOf.set(value, [row]);
      else list.push(row);
    }
  }
  const idBytes = ids.reduce((sum, { length }) => sum + length, 0);
  return { table: buildTable(ids.length, pairs), rows, idBytes };
}
