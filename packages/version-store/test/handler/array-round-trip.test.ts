import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arrayHandler } from "../../src/handler/array-handler.ts";
import type { NumericArray } from "../../src/value/element-type.ts";
import type { SchemaPolicy } from "../../src/handler/rowwise-operations.ts";
import { ndarray } from "../../src/value/nd-array.ts";
import { anyArray } from "./arbitrary-values.ts";
import { rowwiseOf } from "./rowwise-of.ts";
import {
  cellsOf,
  clip,
  describeRows,
  formOf,
  pickCells,
  rowCuts,
  rowRange,
  storeBlocks,
} from "./stored-blocks.ts";

const rowwise = rowwiseOf(arrayHandler);
const targetBytes = fc.integer({ min: 1, max: 300 });

describe("a stored array", () => {
  test("is the array that was stored, however it is cut", () => {
    const cutArray = anyArray().chain((value) =>
      fc.tuple(fc.constant(value), targetBytes, rowCuts(value.rows)),
    );
    fc.assert(
      fc.property(cutArray, ([value, target, cuts]) => {
        const form = formOf(arrayHandler, value, target);
        const blocks = storeBlocks(arrayHandler, value, form, cuts);
        const read = arrayHandler.assemble(form, blocks);
        expect(describeRows(read)).toEqual(describeRows(value));
        expect(read).toMatchObject({ shape: value.shape, type: value.type, grid: value.grid });
        const bytes = blocks.flatMap(({ parts }) =>
          [...parts.values()].map(([part]) => part?.bytes.length ?? 0),
        );
        expect(bytes.reduce((sum, length) => sum + length, 0)).toBe(arrayHandler.rawBytes(value));
      }),
    );
  });

  test("gives the wanted rows of the wanted members from the lanes that hold them", () => {
    const selected = anyArray(2)
      .filter(({ rows }) => rows > 0)
      .chain((value) =>
        fc.record({
          value: fc.constant(value),
          target: targetBytes,
          members: fc.shuffledSubarray([...Array.from({ length: value.shape[1] ?? 0 }).keys()], {
            minLength: 1,
          }),
          cut: fc.integer({ min: 0, max: value.rows }),
          keep: fc.array(rowRange(value.rows), { maxLength: 3 }),
        }),
      );
    fc.assert(
      fc.property(selected, ({ value, target, members, cut, keep }) => {
        const form = formOf(arrayHandler, value, target);
        const needed = rowwise.lanesFor(form, { members });
        const blocks = storeBlocks(arrayHandler, value, form, [cut]).map((block, position) => ({
          rows: block.rows,
          keep: keep.map((range) => clip(range, position === 0 ? 0 : cut, block.rows)),
          parts: new Map([...block.parts].filter(([lane]) => needed.includes(lane))),
        }));
        const read = arrayHandler.assemble(form, blocks, { members });
        const rows = blocks.flatMap((block, position) =>
          block.keep.flatMap(({ from, to }) =>
            Array.from({ length: to - from }, (_, at) => (position === 0 ? 0 : cut) + from + at),
          ),
        );
        expect(read.shape).toEqual([rows.length, members.length, ...value.shape.slice(2)]);
        expect(describeRows(read)).toEqual(
          rows.map((row) => pickCells(cellsOf(value, row), members).join(" ")),
        );
        expect(read.grid).toBeUndefined();
      }),
    );
  });

  test("needs no lane without a wanted member", () => {
    const value = ndarray({
      shape: [2, 10, 4],
      values: new Float32Array(80),
      grid: [1, 4, 3],
    });
    const form = formOf(arrayHandler, value, 1000);
    // Three tiles of members by two of the last axis.
    expect(form.lanes).toHaveLength(6);
    expect(rowwise.lanesFor(form, { members: [9] })).toEqual([4, 5]);
    expect(rowwise.lanesFor(form, { members: [8, 3] })).toEqual([0, 1, 4, 5]);
    expect(rowwise.lanesFor(form, {})).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("is written anew in the segments that changed only: 1 024 numbers, 125 to a segment", () => {
    const values = Float64Array.from({ length: 1024 }, (_, at) => at);
    const grown = new Float64Array(1034);
    grown.set(values);
    grown.set([-1, -1, -1]);
    const segments = [values, grown].map((numbers) => {
      const value = ndarray({ shape: [numbers.length], values: numbers });
      const { rowsPerBlock, lanes } = arrayHandler.layoutOf(value, 1000);
      expect(rowsPerBlock).toBe(125);
      const cuts = Array.from({ length: 8 }, (_, at) => (at + 1) * rowsPerBlock);
      const blocks = storeBlocks(arrayHandler, value, { schema: null, lanes }, cuts);
      return blocks.flatMap(({ parts }) => [...parts.values()].flat().map(hexOf));
    });
    const [before = [], after = []] = segments;
    expect([before.length, after.length]).toEqual([9, 9]);
    expect(before.filter((bytes) => after.includes(bytes))).toHaveLength(7);
  });

  test("has one lane while a row fits the target, and cuts wider rows from the first axis on", () => {
    expect(layoutOfZeros([100, 10], 800)).toEqual({ rowsPerBlock: 10, lanes: [tile([0], [10])] });
    expect(layoutOfZeros([1, 250], 800)).toEqual({
      rowsPerBlock: 1,
      lanes: [tile([0], [100]), tile([100], [100]), tile([200], [50])],
    });
    expect(layoutOfZeros([9, 3, 2, 3], 100)).toEqual({
      rowsPerBlock: 1,
      lanes: [tile([0, 0, 0], [2, 2, 3]), tile([2, 0, 0], [1, 2, 3])],
    });
    expect(layoutOfZeros([9, 2, 3], 20)).toEqual({
      rowsPerBlock: 1,
      lanes: [
        tile([0, 0], [1, 2]),
        tile([0, 2], [1, 1]),
        tile([1, 0], [1, 2]),
        tile([1, 2], [1, 1]),
      ],
    });
    // Not even one number fits.
    expect(layoutOfZeros([3], 1)).toEqual({ rowsPerBlock: 1, lanes: [tile([], [])] });
  });

  test("is cut by its grid, whatever the target, with smaller tiles at the ends", () => {
    const value = ndarray({ shape: [7, 3], values: new Int8Array(21), grid: [4, 2] });
    expect(arrayHandler.layoutOf(value, 1)).toEqual({
      rowsPerBlock: 4,
      lanes: [tile([0], [2]), tile([2], [1])],
    });
    const limit = ndarray({ shape: [1, 65_536], values: new Int8Array(65_536), grid: [1, 1] });
    expect(arrayHandler.layoutOf(limit, 1000).lanes).toHaveLength(65_536);
    const wide = ndarray({ shape: [1, 65_537], values: new Int8Array(65_537), grid: [1, 1] });
    expect(() => arrayHandler.layoutOf(wide, 1000)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses a target of %s",
    (target) => {
      const value = ndarray({ shape: [1], values: new Int8Array(1) });
      expect(() => arrayHandler.layoutOf(value, target)).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    },
  );

  test.each([
    [{ members: [3] }, "invalid-range"],
    [{ members: [-1] }, "invalid-range"],
    [{ members: [0.5] }, "invalid-range"],
    [{ members: [1, 1] }, "invalid-argument"],
    [{ members: [] }, "invalid-argument"],
    [{ columns: ["a"] }, "invalid-argument"],
  ])("refuses the selection %j", (selection, code) => {
    const value = ndarray({ shape: [1, 3], values: new Int8Array(3) });
    const form = formOf(arrayHandler, value, 100);
    const refused = expect.objectContaining({ code });
    expect(() => rowwise.lanesFor(form, selection)).toThrow(refused);
    expect(() => arrayHandler.assemble(form, [], selection)).toThrow(refused);
  });

  test("of one axis has no members", () => {
    const form = formOf(arrayHandler, ndarray({ shape: [3], values: new Int8Array(3) }), 100);
    expect(() => rowwise.lanesFor(form, { members: [0] })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

describe("rows of arrays", () => {
  test("are taken and joined as lists are", () => {
    const taken = anyArray().chain((value) =>
      fc.tuple(fc.constant(value), fc.array(rowRange(value.rows), { minLength: 1, maxLength: 4 })),
    );
    fc.assert(
      fc.property(taken, ([value, ranges]) => {
        const model = describeRows(value);
        const wanted = ranges.flatMap(({ from, to }) => model.slice(from, to));
        const slices = ranges.map((range) => rowwise.slice(value, range));
        for (const read of [rowwise.take(value, ranges), rowwise.concat(slices)]) {
          expect(describeRows(read)).toEqual(wanted);
          expect(read.shape).toEqual([wanted.length, ...value.shape.slice(1)]);
          expect(arrayHandler.schemaOf(read)).toEqual(arrayHandler.schemaOf(value));
        }
        const empty = rowwise.empty(arrayHandler.schemaOf(value));
        expect(empty).toEqual(rowwise.slice(value, { from: 0, to: 0 }));
      }),
    );
  });

  test("are copies", () => {
    const value = ndarray({ shape: [1, 2], values: Int8Array.of(1, 2) });
    const form = formOf(arrayHandler, value, 100);
    const blocks = storeBlocks(arrayHandler, value, form, []);
    for (const copy of [
      () => rowwise.slice(value, { from: 0, to: 1 }),
      () => rowwise.concat([value]),
      () => arrayHandler.assemble(form, blocks),
    ]) {
      copy().values.fill(9 as never);
      expect(copy().values).toEqual(Int8Array.of(1, 2));
    }
    expect(value.values).toEqual(Int8Array.of(1, 2));
  });

  test("must be within the array", () => {
    const value = ndarray({ shape: [2], values: Int8Array.of(1, 2) });
    const refused = expect.objectContaining({ code: "invalid-range" });
    const [lane = null] = arrayHandler.layoutOf(value, 100).lanes;
    expect(() => rowwise.slice(value, { from: 1, to: 3 })).toThrow(refused);
    expect(() => rowwise.take(value, [{ from: 2, to: 1 }])).toThrow(refused);
    expect(() => arrayHandler.encodeLane(value, lane, { from: 0, to: 3 })).toThrow(refused);
  });

  test("of another type or shape are not joined", () => {
    const value = ndarray({ shape: [1, 2], values: Int8Array.of(1, 2) });
    for (const other of [
      ndarray({ shape: [1, 2], values: Uint8Array.of(1, 2) }),
      ndarray({ shape: [2, 1], values: Int8Array.of(1, 2) }),
      ndarray({ shape: [1, 2, 1], values: Int8Array.of(1, 2) }),
    ]) {
      expect(() => rowwise.concat([value, other])).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
    expect(() => rowwise.concat([])).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  test("have no index", () => {
    const value = ndarray({ shape: [2], values: Int8Array.of(1, 2) });
    const refused = expect.objectContaining({ code: "invalid-argument" });
    expect(rowwise.indexFacts(value, { from: 0, to: 2 })).toBeUndefined();
    expect(() => rowwise.indexBounds(arrayHandler.schemaOf(value), {})).toThrow(refused);
    expect(() => rowwise.rowsWithin(value, { from: 1, to: 2, closed: "both" })).toThrow(refused);
  });
});

describe("rows that are added to an array", () => {
  test("keep the stored grid", () => {
    const stored = formOfPairs(Float32Array.of(1, 2), [5, 1]);
    const incoming = ndarray({ shape: [1, 2], values: Float32Array.of(3, 4), grid: [1, 2] });
    const reconciled = rowwise.reconcile(stored, incoming, "strict");
    expect(reconciled.schema).toEqual(stored.schema);
    expect(reconciled.lanes).toEqual(stored.lanes);
    expect(reconciled.incoming.grid).toEqual([5, 1]);
    expect(reconciled.convertOld).toBeUndefined();
  });

  test("convert the stored ones when they promote them", () => {
    const stored = formOfPairs(Int32Array.of(1, 2));
    const incoming = ndarray({ shape: [1, 2], values: Float64Array.of(0.5, 2) });
    for (const policy of ["strict", "add-columns"] as const) {
      expect(() => rowwise.reconcile(stored, incoming, policy)).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
    expect(() => rowwise.reconcile(stored, incoming, "any" as SchemaPolicy)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
    const { convertOld, ...reconciled } = rowwise.reconcile(stored, incoming, "promote");
    expect(reconciled.schema).toMatchObject({ type: "float64", shape: [2] });
    const old = convertOld?.(ndarray({ shape: [1, 2], values: Int32Array.of(1, 2) }));
    expect(old).toMatchObject({ type: "float64", shape: [1, 2], values: Float64Array.of(1, 2) });
  });

  test("are converted when the stored type holds them", () => {
    const stored = formOfPairs(BigInt64Array.of(1n, 2n));
    const incoming = ndarray({ shape: [1, 2], values: Int8Array.of(-3, 4) });
    const reconciled = rowwise.reconcile(stored, incoming, "add-columns");
    expect(reconciled.incoming.values).toEqual(BigInt64Array.of(-3n, 4n));
    expect(reconciled.convertOld).toBeUndefined();
  });

  test("must have the stored shape, unless there are none", () => {
    const stored = formOfPairs(Float32Array.of(1, 2));
    for (const shape of [[2, 1], [1, 2, 1], [2]]) {
      const incoming = ndarray({ shape, values: Float32Array.of(1, 2) });
      expect(() => rowwise.reconcile(stored, incoming, "promote")).toThrow(
        expect.objectContaining({ code: "schema-mismatch" }),
      );
    }
    const none = ndarray({ shape: [0, 9], values: new Int8Array(0) });
    const reconciled = rowwise.reconcile(stored, none, "strict");
    expect(reconciled).toMatchObject(stored);
    expect(reconciled.incoming).toMatchObject({ shape: [0, 2], type: "float32" });
  });
});

function tile(from: readonly number[], shape: readonly number[]) {
  return { from, shape };
}

function hexOf({ bytes }: { readonly bytes: Uint8Array }): string {
  return Buffer.from(bytes).toString("hex");
}

function layoutOfZeros(shape: number[], target: number) {
  const length = shape.reduce((elements, axis) => elements * axis, 1);
  return arrayHandler.layoutOf(ndarray({ shape, values: new Float64Array(length) }), target);
}

/** The form of an array of rows of two. */
function formOfPairs(values: NumericArray, grid?: number[]) {
  return formOf(arrayHandler, ndarray({ shape: [values.length / 2, 2], values, grid }), 100);
}
