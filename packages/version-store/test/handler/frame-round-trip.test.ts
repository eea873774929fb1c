import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameHandler } from "../../src/handler/frame-handler.ts";
import { rowwiseOf } from "./rowwise-of.ts";
import type { Column } from "../../src/value/column.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { anyFrame, similarFrames } from "./arbitrary-values.ts";
import {
  cellsOf,
  clip,
  describeRows,
  formOf,
  rowCuts,
  rowRange,
  storeBlock,
  storeBlocks,
} from "./stored-blocks.ts";

const rowwise = rowwiseOf(frameHandler);
const targetBytes = fc.integer({ min: 1, max: 300 });

describe("a stored frame", () => {
  test("is the frame that was stored, however it is cut", () => {
    const cutFrame = anyFrame().chain((value) =>
      fc.tuple(fc.constant(value), targetBytes, rowCuts(value.rows)),
    );
    fc.assert(
      fc.property(cutFrame, ([value, target, cuts]) => {
        const form = formOf(frameHandler, value, target);
        const read = frameHandler.assemble(form, storeBlocks(frameHandler, value, form, cuts));
        expect(describeRows(read)).toEqual(describeRows(value));
        expect(frameHandler.schemaOf(read)).toEqual(form.schema);
      }),
    );
  });

  test("gives the wanted rows of the wanted columns", () => {
    const selected = anyFrame(1).chain((value) =>
      fc.record({
        value: fc.constant(value),
        target: targetBytes,
        cut: fc.integer({ min: 0, max: value.rows }),
        columns: fc.shuffledSubarray(value.columns.map(({ name }) => name)),
        first: rowRange(value.rows),
      }),
    );
    fc.assert(
      fc.property(selected, ({ value, target, cut, columns, first }) => {
        const form = formOf(frameHandler, value, target);
        const needed = rowwise.lanesFor(form, { columns });
        const blocks = storeBlocks(frameHandler, value, form, [cut]).map((block, position) => ({
          ...block,
          parts: new Map([...block.parts].filter(([lane]) => needed.includes(lane))),
          // The rows of the first range, which may lie in both blocks, and once more the whole block.
          keep: [clip(first, position === 0 ? 0 : cut, block.rows), { from: 0, to: block.rows }],
        }));
        const read = frameHandler.assemble(form, blocks, { columns });
        const expected = blocks.flatMap(({ keep }, position) =>
          keep.flatMap(({ from, to }) =>
            Array.from({ length: to - from }, (_, at) => {
              const row = (position === 0 ? 0 : cut) + from + at;
              return pick(value, row, columns).join(" ");
            }),
          ),
        );
        expect(describeRows(read)).toEqual(expected);
      }),
    );
  });

  test("needs its index lane and the lanes of the wanted columns, no others", () => {
    const wide = frame({
      index: { name: "time", values: Int32Array.of(1) },
      columns: Array.from({ length: 70 }, (_, at) => [`c${at}`, Int8Array.of(at)] as const),
    });
    const form = formOf(frameHandler, wide, 1000);
    expect(form.lanes).toHaveLength(4);
    expect(rowwise.lanesFor(form, { columns: [] })).toEqual([0]);
    expect(rowwise.lanesFor(form, { columns: ["c69"] })).toEqual([0, 3]);
    expect(rowwise.lanesFor(form, { columns: ["c40", "c1"] })).toEqual([0, 1, 2]);
    expect(rowwise.lanesFor(form, {})).toEqual([0, 1, 2, 3]);
    const narrow = frame({ index: wide.index, columns: pairsOf(wide).slice(0, 32) });
    expect(formOf(frameHandler, narrow, 1000).lanes).toHaveLength(1);
    const oneMore = frame({ index: wide.index, columns: pairsOf(wide).slice(0, 33) });
    expect(formOf(frameHandler, oneMore, 1000).lanes).toHaveLength(3);
    const twoFull = frame({ index: wide.index, columns: pairsOf(wide).slice(0, 64) });
    expect(formOf(frameHandler, twoFull, 1000).lanes).toHaveLength(3);
  });

  test("is one lane of index and columns while it is narrow", () => {
    const series = frame({
      index: { name: "time", values: BigInt64Array.of(1n, 2n, 3n) },
      columns: { value: BigInt64Array.of(4n, 5n, 6n) },
    });
    expect(frameHandler.layoutOf(series, 1000).lanes).toEqual([
      { index: true, columns: ["value"] },
    ]);
    expect(frameHandler.rawBytes(series)).toBe(48);
    expect(frameHandler.rowCount(series)).toBe(3);
  });

  test("has blocks of about the target", () => {
    fc.assert(
      fc.property(anyFrame(1), fc.integer({ min: 40, max: 4000 }), (value, target) => {
        const { rowsPerBlock, lanes } = frameHandler.layoutOf(value, target);
        const form = { schema: frameHandler.schemaOf(value), lanes };
        const whole = [...storeBlock(frameHandler, value, form, { from: 0, to: value.rows }).parts];
        const laneBytes = whole.map(([, parts]) =>
          parts.reduce((bytes, part) => bytes + part.bytes.length, 0),
        );
        expect(laneBytes.reduce((sum, bytes) => sum + bytes, 0)).toBe(frameHandler.rawBytes(value));
        const perRow = Math.max(...laneBytes) / value.rows;
        // The largest number of rows whose widest lane fits the target, but at least one.
        expect(rowsPerBlock === 1 || rowsPerBlock * perRow <= target).toBe(true);
        expect((rowsPerBlock + 1) * perRow).toBeGreaterThan(target);
      }),
    );
  });

  test("of no rows keeps its schema", () => {
    const value = frame({
      index: { name: "time", unit: "ns", values: new BigInt64Array(0) },
      columns: {
        price: new Float32Array(0),
        ok: { type: "bool", values: [] },
        venue: { type: "string", values: [] },
      },
    });
    const form = formOf(frameHandler, value, 1000);
    for (const read of [frameHandler.assemble(form, []), rowwise.empty(form.schema)]) {
      expect(read.rows).toBe(0);
      expect(read.columns.every(({ values }) => values.length === 0)).toBe(true);
      expect(read.columns.map(({ name, type }) => `${name}:${type}`)).toEqual([
        "price:float32",
        "ok:bool",
        "venue:string",
      ]);
      expect(read.index).toEqual({
        name: "time",
        type: "int64",
        unit: "ns",
        values: new BigInt64Array(0),
      });
      expect(frameHandler.schemaOf(read)).toEqual(form.schema);
    }
    // 4 + 1 bytes, a text as it may be, and the index.
    expect(frameHandler.layoutOf(value, 1000).rowsPerBlock).toBe(Math.floor(1000 / 33));
  });

  test("refuses a selection that it cannot have", () => {
    const value = frame({ columns: { a: Int8Array.of(1), b: Int8Array.of(2) } });
    const form = formOf(frameHandler, value, 1000);
    const blocks = storeBlocks(frameHandler, value, form, []);
    for (const [selection, code] of [
      [{ columns: ["a", "c"] }, "no-such-column"],
      [{ columns: ["a", "a"] }, "invalid-argument"],
      [{ members: [0] }, "invalid-argument"],
    ] as const) {
      expect(() => rowwise.lanesFor(form, selection)).toThrow(expect.objectContaining({ code }));
      expect(() => frameHandler.assemble(form, blocks, selection)).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });

  test("gives what added columns have in blocks that are older than they are", () => {
    const value = frame({
      index: { name: "time", values: Int8Array.of(1, 2, 3) },
      columns: {
        f: Float32Array.of(1, 2, 3),
        g: Float64Array.of(1, 2, 3),
        i: BigInt64Array.of(1n, 2n, 3n),
        s: ["x", "y", "z"],
        b: [true, true, true],
      },
    });
    const schema = frameHandler.schemaOf(value);
    const lanes = [
      { index: true, columns: [] },
      { index: false, columns: ["f", "g", "i", "s", "b"] },
    ];
    const [old, recent] = storeBlocks(frameHandler, value, { schema, lanes }, [2]);
    const read = frameHandler.assemble({ schema, lanes }, [
      { rows: 2, parts: new Map([...(old?.parts ?? [])].slice(0, 1)) },
      recent ?? { rows: 0, parts: new Map() },
    ]);
    expect(read.toRows()).toEqual([
      { time: 1, f: Number.NaN, g: Number.NaN, i: 0n, s: "", b: false },
      { time: 2, f: Number.NaN, g: Number.NaN, i: 0n, s: "", b: false },
      { time: 3, f: 3, g: 3, i: 3n, s: "z", b: true },
    ]);
  });
});

describe("rows of frames", () => {
  test("are taken and joined as lists are", () => {
    const taken = similarFrames.chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.array(rowRange(values.reduce((rows, value) => rows + value.rows, 0)), { maxLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(taken, ([values, ranges]) => {
        const joined = rowwise.concat(values);
        const model = values.flatMap(describeRows);
        expect(describeRows(joined)).toEqual(model);
        expect(frameHandler.schemaOf(joined)).toEqual(frameHandler.schemaOf(values[0] as Frame));
        expect(describeRows(rowwise.take(joined, ranges))).toEqual(
          ranges.flatMap(({ from, to }) => model.slice(from, to)),
        );
        for (const range of ranges) {
          const slice = rowwise.slice(joined, range);
          expect(describeRows(slice)).toEqual(model.slice(range.from, range.to));
          expect(frameHandler.schemaOf(slice)).toEqual(frameHandler.schemaOf(joined));
        }
      }),
    );
  });

  test("are copies", () => {
    const value = frame({
      index: { name: "time", values: Int8Array.of(1) },
      columns: { a: Int8Array.of(1), s: ["x"], b: [true] },
    });
    const form = formOf(frameHandler, value, 100);
    const blocks = storeBlocks(frameHandler, value, form, []);
    for (const copy of [
      () => rowwise.slice(value, { from: 0, to: 1 }),
      () => rowwise.concat([value]),
      () => frameHandler.assemble(form, blocks),
    ]) {
      const changed = copy();
      changed.index?.values.fill(9 as never);
      for (const { values } of changed.columns) values.fill(0 as never);
      expect(copy().toRows()).toEqual([{ time: 1, a: 1, s: "x", b: true }]);
      expect(value.toRows()).toEqual([{ time: 1, a: 1, s: "x", b: true }]);
    }
  });

  test("must be within the frame", () => {
    const value = frame({ columns: { a: Int8Array.of(1, 2) } });
    const [lane = null] = frameHandler.layoutOf(value, 100).lanes;
    for (const range of [
      { from: 0, to: 3 },
      { from: -1, to: 1 },
      { from: 2, to: 1 },
      { from: 0.5, to: 1 },
      { from: Number.NaN, to: 1 },
    ]) {
      const refused = expect.objectContaining({ code: "invalid-range" });
      expect(() => rowwise.slice(value, range)).toThrow(refused);
      expect(() => rowwise.take(value, [{ from: 0, to: 1 }, range])).toThrow(refused);
      expect(() => rowwise.indexFacts(value, range)).toThrow(refused);
      expect(() => frameHandler.encodeLane(value, lane, range)).toThrow(refused);
    }
  });

  test("of different schemas are not joined", () => {
    const a = frame({ columns: { a: Int8Array.of(1) } });
    const b = frame({ columns: { a: Uint8Array.of(1) } });
    expect(() => rowwise.concat([a, b])).toThrow(
      expect.objectContaining({ code: "schema-mismatch" }),
    );
    expect(() => rowwise.concat([])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

function pairsOf({ columns }: Frame): [string, Column][] {
  return columns.map((column) => [column.name, column]);
}

function pick(value: Frame, row: number, columns: readonly string[]): string[] {
  const cells = cellsOf(value, row);
  const index = value.index ? cells.slice(0, 1) : [];
  return [
    ...index,
    ...columns.flatMap((name) => cells.filter((cell) => cell.startsWith(`${name}:`))),
  ];
}
