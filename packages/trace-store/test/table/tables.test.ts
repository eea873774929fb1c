import { encodeTraceId, type TraceParams } from "@foretile/keyspace";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkQuery, matchRows } from "../../src/query/match-rows.ts";
import { joinTables, tableOfRows } from "../../src/table/join-tables.ts";
import { tableFromParts, tableToParts } from "../../src/table/table-segment.ts";
import { tableOfTraces } from "../../src/table/table-of-traces.ts";
import { TraceTable } from "../../src/table/trace-table.ts";

const text = fc.oneof(
  fc.constantFrom("a", "b", "a0", "a-b", "__proto__", "constructor", "\u{1f600}", "\ue000", "%,=:"),
  fc.string({ unit: "grapheme", maxLength: 3 }),
);
const params: fc.Arbitrary<TraceParams> = fc
  .uniqueArray(
    fc.tuple(
      text.filter((key) => key !== ""),
      text,
    ),
    {
      minLength: 1,
      maxLength: 4,
      selector: ([key]) => key,
    },
  )
  .map((pairs) => Object.fromEntries(pairs));
const traces = fc.uniqueArray(params, { minLength: 1, maxLength: 12, selector: encodeTraceId });

function tableOf(list: readonly TraceParams[]): TraceTable {
  return tableOfTraces(list.map(encodeTraceId), list).table;
}

describe("tables", () => {
  test("hold traces in order of their ids, and give them back", () => {
    fc.assert(
      fc.property(traces, (list) => {
        const { table, rows } = tableOfTraces(list.map(encodeTraceId), list);
        expect(table.ids).toEqual(list.map(encodeTraceId).sort());
        for (const [place, own] of list.entries()) {
          const row = rows[place] as number;
          expect(table.rowOf(encodeTraceId(own))).toBe(row);
          expect(encodeTraceId(table.paramsOfRow(row))).toBe(encodeTraceId(own));
        }
        expect(table.rowOf(",not=there,")).toBeUndefined();
        // No id was made of this one yet: they are looked for in its postings.
        const fresh = new TraceTable(table.content, table.id);
        for (const id of [...table.ids, ",not=there,", "", ",b=1,a=1,", ",a=%41,"]) {
          expect(fresh.rowOf(id)).toBe(table.rowOf(id));
        }
        const every = Uint32Array.from(table.ids.keys());
        expect(Array.from(every, (row) => fresh.idOf(row))).toEqual(table.ids);
        expect(fresh.idsOf(every)).toEqual(table.ids);
      }),
      { numRuns: 100 },
    );
  });

  test("come back from their segments, and are named by their content", () => {
    fc.assert(
      fc.property(traces, traces, (list, other) => {
        const table = tableOf(list);
        const again = new TraceTable(tableFromParts(tableToParts(table.content)), table.id);
        expect(again.ids).toEqual(table.ids);
        expect(tableOf(list.toReversed()).id).toBe(table.id);
        const isSame = tableOf(other).ids.join() === table.ids.join();
        expect(tableOf(other).id === table.id).toBe(isSame);
      }),
      { numRuns: 100 },
    );
  });

  test("are joined to the table of all traces", () => {
    fc.assert(
      fc.property(fc.array(traces, { minLength: 1, maxLength: 4 }), (lists) => {
        const tables = lists.map(tableOf);
        const { table, rowMaps } = joinTables(tables);
        const all = new Map(lists.flat().map((own) => [encodeTraceId(own), own]));
        expect(table.id).toBe(tableOf([...all.values()]).id);
        for (const [place, own] of tables.entries()) {
          const map = rowMaps[place];
          for (const [row, id] of own.ids.entries()) {
            const joined = map === undefined ? row : (map.toJoined[row] as number);
            expect(table.ids[joined]).toBe(id);
            expect(map === undefined ? row : map.fromJoined[joined]).toBe(row);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("of some rows are the tables of those traces", () => {
    fc.assert(
      fc.property(traces, fc.infiniteStream(fc.boolean()), (list, picks) => {
        const table = tableOf(list);
        const rows = Uint32Array.from(table.ids.keys()).filter(() => picks.next().value as boolean);
        if (rows.length === 0) return;
        const wanted = Array.from(rows, (row) => table.paramsOfRow(row));
        expect(tableOfRows(table, rows).id).toBe(tableOf(wanted).id);
      }),
      { numRuns: 100 },
    );
  });

  test("find the rows that meet conditions", () => {
    const condition = fc.oneof(
      text,
      fc.array(text, { maxLength: 3 }),
      text.map((not) => ({ not })),
      fc.constant({ any: true } as const),
      fc.constant({ matches: /a/g }),
    );
    fc.assert(
      fc.property(traces, fc.dictionary(text, condition, { maxKeys: 3 }), (list, query) => {
        const table = tableOf(list);
        const found = Array.from(matchRows(table, checkQuery(query)), (row) => table.ids[row]);
        const wanted = list.filter((own) =>
          Object.entries(query).every(([key, is]) => {
            if (!Object.hasOwn(own, key)) return false;
            const value = own[key] as string;
            if (typeof is === "string") return value === is;
            if (Array.isArray(is)) return is.includes(value);
            if ("not" in is) return value !== is.not;
            return "any" in is || value.includes("a");
          }),
        );
        expect(found).toEqual(wanted.map(encodeTraceId).sort());
      }),
      { numRuns: 300 },
    );
  });
});
