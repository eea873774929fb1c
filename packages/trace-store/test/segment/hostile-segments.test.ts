import type { Part } from "@foretile/version-store";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTraceStoreError, POINT, type TraceValueType } from "../../src/index.ts";
import { blockFromParts, blockToParts } from "../../src/run/block-segment.ts";
import { factsFromParts, factsToParts } from "../../src/run/facts-segment.ts";
import { tableOfTraces } from "../../src/table/table-of-traces.ts";
import { tableFromParts, tableToParts } from "../../src/table/table-segment.ts";
import { TraceTable } from "../../src/table/trace-table.ts";
import { PointValues } from "../../src/values/point-values.ts";

const types: readonly TraceValueType[] = ["float32", "float64", "digest", "bytes"];

/** Changes of parts that have the right hash all the same: cut, flipped, swapped and left out. */
const damage = fc.array(
  fc.record({
    part: fc.nat(8),
    at: fc.nat(400),
    kind: fc.constantFrom("flip", "cut", "grow", "drop", "huge"),
    byte: fc.nat(255),
  }),
  { minLength: 1, maxLength: 3 },
);

type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function damaged(parts: readonly Part[], changes: Damage): Part[] {
  const changed = parts.map((part) => ({ ...part, bytes: part.bytes.slice() }));
  for (const { part: place, at, kind, byte } of changes) {
    const part = changed[place % changed.length];
    if (part === undefined) continue;
    const { bytes } = part;
    if (kind === "flip" && bytes.length > 0) bytes[at % bytes.length] = byte;
    if (kind === "cut") part.bytes = bytes.slice(0, at % (bytes.length + 1));
    if (kind === "grow") part.bytes = Uint8Array.from([...bytes, byte, byte]);
    if (kind === "huge") bytes.set([0xff, 0xff, 0xff, 0xff, 0x7f].slice(0, bytes.length));
    if (kind === "drop") changed.splice(place % changed.length, 1);
  }
  return changed;
}

/** What is read is sound, or refused as damage. */
function readOrRefuse<T>(read: () => T, check: (value: T) => void): void {
  let value: T;
  try {
    value = read();
  } catch (error) {
    if (isTraceStoreError(error, "tile-damaged")) return;
    throw error;
  }
  check(value);
}

const params = Array.from({ length: 20 }, (_, index) => ({
  kind: ["a", "b", "é"][index % 3] as string,
  n: String(index),
}));
const { table } = tableOfTraces(
  params.map(({ kind, n }) => `,kind=${encodeURIComponent(kind)},n=${n},`),
  params,
);

describe("damaged segments that have the right hash", () => {
  test("of tables are refused or sound", () => {
    const parts = tableToParts(table.content);
    fc.assert(
      fc.property(damage, (changes) => {
        readOrRefuse(
          () => tableFromParts(damaged(parts, changes)),
          (content) => {
            const read = new TraceTable(content, "");
            for (let row = 0; row < Math.min(read.rows, 50); row += 1) {
              expect(read.pairsOfRow(row).length).toBeGreaterThan(0);
            }
          },
        );
      }),
      { numRuns: 3000 },
    );
  });

  test("of a table in which a trace has two values of one key are refused", () => {
    const two = tableOfTraces(
      [",k=a,z=1,", ",k=b,z=1,"],
      [
        { k: "a", z: "1" },
        { k: "b", z: "1" },
      ],
    );
    const parts = tableToParts(two.table.content);
    // The rows of k=a, of k=b, and the two of z=1.
    expect([...(parts[3]?.bytes ?? [])]).toEqual([0, 1, 0, 1]);
    const changed = { bytes: Uint8Array.of(0, 0, 0, 1), elementBytes: 1 } as const;
    expect(() => tableFromParts([...parts.slice(0, 3), changed])).toThrow("two values of one key");
  });

  test.each(types)("of blocks of %s are refused or sound", (type) => {
    const states = Uint8Array.from({ length: 60 }, (_, index) => (index * 7) % 4);
    const values = valuesOf(type, states.length);
    const shape = { type, rows: 12, width: 5 };
    const parts = blockToParts({ rows: 12, width: 5, stride: 5, start: 0, states, values });
    fc.assert(
      fc.property(damage, (changes) => {
        readOrRefuse(
          () => blockFromParts(damaged(parts, changes), shape),
          (block) => {
            expect(block.values.length).toBe(block.valueStarts?.at(-1) ?? 60);
            expect(block.markedCells.every((cell) => cell < 60)).toBe(true);
          },
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each(
    types.flatMap(
      (type) =>
        [
          [type, undefined],
          [type, [0, 2, 3, 5, 6, 8, 9, 11]],
        ] as const,
    ),
  )("of facts of %s with points in rows %j are refused or sound", (type, rows) => {
    const count = rows?.length ?? 12;
    const latest = Uint16Array.from({ length: count }, (_, at) =>
      at % 3 === 1 ? at | 0x8000 : at,
    );
    const options = [2, 5, 7].map((row) => ({ row, offset: row, text: row === 5 ? "" : ",a=1," }));
    const deletedRows = Uint32Array.of(1, 4, 11);
    const parts = factsToParts(12, {
      pointRows: rows && Uint32Array.from(rows),
      latest,
      latestValues: valuesOf(type, count),
      deletedRows,
      options,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        readOrRefuse(
          () => factsFromParts(damaged(parts, changes), { type, rows: 12, tileSize: 16 }),
          (facts) => {
            expect(facts.latestValues.length).toBe(facts.latest.length);
            expect(facts.latest.length).toBe(facts.pointRows?.length ?? 12);
            expect(facts.pointRows?.every((row) => row < 12) ?? true).toBe(true);
            expect(facts.deletedRows.every((row) => row < 12)).toBe(true);
            expect(facts.options.every(({ row, offset }) => row < 12 && offset < 16)).toBe(true);
          },
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("blocks", () => {
  test.each(types)("of %s come back as they were", (type) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 6, maxLength: 60 }),
        (drawn) => {
          const width = 3;
          const rows = Math.floor(drawn.length / width);
          const states = Uint8Array.from(drawn.slice(0, rows * width));
          const values = valuesOf(type, states.length);
          const parts = blockToParts({ rows, width, stride: width, start: 0, states, values });
          const block = blockFromParts(parts, { type, rows, width });
          let value = 0;
          for (const [cell, state] of states.entries()) {
            if (state !== POINT.value) continue;
            expect(block.values.bitsAt(value)).toBe(values.bitsAt(cell));
            value += 1;
          }
          const marked = [...states.keys()].filter((cell) => (states[cell] ?? 0) > POINT.value);
          expect([...block.markedCells]).toEqual(marked);
          expect([...block.marks]).toEqual(marked.map((cell) => states[cell]));
        },
      ),
      { numRuns: 100 },
    );
  });
});

function valuesOf(type: TraceValueType, count: number): PointValues {
  const values = PointValues.create(type, count);
  for (let place = 0; place < count; place += 1) {
    if (type === "float32" || type === "float64") values.set(place, Math.fround(Math.sin(place)));
    else values.set(place, new Uint8Array(type === "digest" ? 16 : place % 7).fill(place));
  }
  return values;
}
