import { describe, expect, test } from "vitest";
import { contentOf } from "../../src/content/content.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { append } from "../../src/write/append.ts";
import { deleteRange, update } from "../../src/write/update.ts";
import { write } from "../../src/write/write.ts";
import { countFetched, openTypedContext } from "../open-typed-context.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

/** Rows of the blocks of the newest version. */
async function blockRows(context: LibraryContext): Promise<number[]> {
  const { manifest } = await resolveVersion(context, "s");
  return contentOf(context.handlers, manifest).blocks.map(({ rows }) => rows);
}

function at(index: readonly number[], salt = 0): Frame {
  return frame({
    index: { name: "time", unit: "ms", values: BigInt64Array.from(index, BigInt) },
    columns: { value: Float64Array.from(index, (_, row) => salt + row) },
  });
}

/** An index of two rows. */
function two(from: number): { name: string; values: Int32Array } {
  return { name: "at", values: Int32Array.of(from, from + 1) };
}

describe("update", () => {
  test("stores only the blocks at the ends of its range again", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(95));
    fetched.length = 0;
    const result = await update(context, "s", series(31, { start: 25, salt: 1 }));
    // 20 to 29 and 50 to 59 are partly in the range, three blocks between them wholly.
    expect(countFetched(fetched, "s")).toBe(4);
    expect(result).toMatchObject({ rows: 95, newSegments: 4, sharedSegments: 6 });
    expect(await blockRows(context)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    expect(cells((await read(context, "s")).value)).toEqual(
      joined(series(25), series(31, { start: 25, salt: 1 }), series(39, { start: 56 })),
    );
    expect((await read(context, "s")).operation).toBe("update");
  });

  test("of whole blocks reads none, and puts the rows between its neighbors", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", at(Array.from({ length: 40 }, (_, row) => 10 * row)));
    fetched.length = 0;
    await update(context, "s", at([101, 102], 500), { range: { from: 100, to: 199 } });
    expect(countFetched(fetched, "s")).toBe(0);
    // Between two blocks, in a gap, before the first and after the last row.
    await update(context, "s", at([205], 600));
    await update(context, "s", at([-5], 700));
    await update(context, "s", at([999], 800));
    const { index, values } = cells((await read(context, "s")).value);
    expect(index).toEqual(index.toSorted((one, other) => one - other));
    expect(values[index.indexOf(205)]).toBe(600);
    expect([values[0], values.at(-1)]).toEqual([700, 800]);
    expect(index).toHaveLength(30 + 2 + 3);
  });

  test("may take ends out of its range", async () => {
    const { context } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(30));
    const range = { from: 9, to: 12, closed: "none" as const };
    await update(context, "s", at([10], 500), { range });
    expect(cells((await read(context, "s")).value).index.slice(8, 13)).toEqual([8, 9, 10, 12, 13]);
    await expect(update(context, "s", at([12], 500), { range })).rejects.toMatchObject({
      code: "invalid-range",
    });
  });

  test("of rows that are in no order takes all within the range", async () => {
    const { context } = await openTypedContext({ targetBytes: 64 });
    await write(context, "s", at([5, 1, 9, 2, 8, 3, 7, 4, 6, 0, 5, 5]));
    await update(context, "s", at([4, 5], 100));
    expect(cells((await read(context, "s")).value).index).toEqual([4, 5, 1, 9, 2, 8, 3, 7, 6, 0]);
    await deleteRange(context, "s", { from: 2, to: 8 });
    expect(cells((await read(context, "s")).value).index).toEqual([1, 9, 0]);
  });

  test("by number replaces rows of arrays and of frames, as many as there are", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 64 });
    const values = Array.from({ length: 40 }, (_, row) => row);
    await write(context, "a", numbers(values));
    fetched.length = 0;
    await update(context, "a", numbers([-1, -2]), { range: { rows: { from: 5, to: 6 } } });
    expect(countFetched(fetched, "s")).toBe(1);
    expect(numbersOf((await read(context, "a")).value)).toEqual([
      ...values.slice(0, 5),
      -1,
      -2,
      ...values.slice(6),
    ]);
    await update(context, "a", numbers([7]), { range: { rows: { from: -1 } } });
    await update(context, "a", numbers([8]), { range: { rows: { from: 41, to: 41 } } });
    expect(numbersOf((await read(context, "a")).value).slice(-3)).toEqual([38, 7, 8]);
    await deleteRange(context, "a", { rows: { to: -2 } });
    expect(numbersOf((await read(context, "a")).value)).toEqual([7, 8]);
    await deleteRange(context, "a", { rows: {} });
    expect((await read(context, "a")).value).toMatchObject({ shape: [0], type: "float64" });
  });

  test("of an array in tiles keeps the tiles of other rows", async () => {
    const { context } = await openTypedContext();
    const shape = [12, 6];
    const values = Float32Array.from({ length: 72 }, (_, element) => element);
    await write(context, "a", ndarray({ shape, values, grid: [4, 3] }));
    const rows = ndarray({ shape: [1, 6], values: new Float32Array(6).fill(-1) });
    const result = await update(context, "a", rows, { range: { rows: { from: 5, to: 6 } } });
    expect(result).toMatchObject({ newSegments: 2, sharedSegments: 4, rows: 12 });
    const expected = values.map((value, element) => (Math.floor(element / 6) === 5 ? -1 : value));
    expect((await read(context, "a")).value).toMatchObject({ shape, values: expected });
    const { value } = await read(context, "a", { members: [5, 2] });
    expect((value as NdArray).shape).toEqual([12, 2]);
  });

  test("without rows deletes its range, and without a range does nothing", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(10), { metadata: "kept" });
    const none = series(0);
    expect(await update(context, "s", none)).toMatchObject({ version: 1, changed: false });
    await update(context, "s", none, { range: { from: 2, to: 8 } });
    expect(await read(context, "s")).toMatchObject({ operation: "delete-range", metadata: "kept" });
    expect(cells((await read(context, "s")).value).index).toEqual([0, 1, 9]);
    const nothing = await deleteRange(context, "s", { from: 100 });
    expect(nothing).toMatchObject({ version: 2, changed: false });
    const noted = await deleteRange(context, "s", { from: 100 }, { metadata: "new" });
    expect(noted).toMatchObject({ version: 3, newSegments: 0, rows: 3 });
  });

  test("of a missing symbol needs upsert", async () => {
    const { context } = await openTypedContext();
    const missing = { code: "no-data-found" };
    await expect(update(context, "s", series(3))).rejects.toMatchObject(missing);
    await expect(update(context, "s", series(300))).rejects.toMatchObject(missing);
    await expect(deleteRange(context, "s", { from: 1 })).rejects.toMatchObject(missing);
    await update(context, "s", series(3), { upsert: true });
    expect(cells((await read(context, "s")).value)).toEqual(cells(series(3)));
  });

  test("converts what is stored when its rows are wider and that is wanted", async () => {
    const { context } = await openTypedContext({ targetBytes: 64 });
    const stored = frame({
      index: { name: "at", values: Int32Array.from({ length: 20 }, (_, row) => row) },
      columns: { v: Int32Array.from({ length: 20 }, (_, row) => row) },
    });
    await write(context, "s", stored);
    const wider = frame({
      index: { name: "at", values: Int32Array.of(5) },
      columns: { v: Float64Array.of(0.5) },
    });
    await expect(update(context, "s", wider)).rejects.toMatchObject({ code: "schema-mismatch" });
    await update(context, "s", wider, { schema: "promote" });
    const { values } = ((await read(context, "s")).value as Frame).column("v");
    expect(values).toEqual(Float64Array.from({ length: 20 }, (_, row) => (row === 5 ? 0.5 : row)));
  });

  test("of a value whose columns came one after the other fills the gaps", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", frame({ index: two(0), columns: { a: Int32Array.of(1, 2) } }));
    const more = { a: Int32Array.of(3, 4), b: ["x", "y"] };
    await append(context, "s", frame({ index: two(2), columns: more }), {
      schema: "add-columns",
    });
    const changed = { a: Int32Array.of(30, 40), b: ["X", "Y"] };
    await update(context, "s", frame({ index: two(1), columns: changed }));
    expect(((await read(context, "s")).value as Frame).toRows()).toEqual([
      { at: 0, a: 1, b: "" },
      { at: 1, a: 30, b: "X" },
      { at: 2, a: 40, b: "Y" },
      { at: 3, a: 4, b: "y" },
    ]);
  });

  test("refuses ranges that are reversed, outside, or of another kind than the value", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(10));
    await write(context, "a", numbers([1, 2, 3]));
    await write(context, "v", { a: 1 });
    const badRange = { code: "invalid-range" };
    const bad = { code: "invalid-argument" };
    for (const range of [
      { from: 5, to: 3 },
      { rows: { from: 5, to: 3 } },
      { rows: { from: 0, to: 11 } },
      { rows: { from: -11 } },
      { rows: { from: 0.5 } },
      { from: 100, to: 200 },
    ]) {
      await expect(update(context, "s", series(1), { range })).rejects.toMatchObject(badRange);
    }
    await expect(deleteRange(context, "s", { from: 5, to: 3 })).rejects.toMatchObject(badRange);
    await expect(deleteRange(context, "s", { rows: { to: 11 } })).rejects.toMatchObject(badRange);
    await expect(update(context, "a", numbers([1]))).rejects.toMatchObject(bad);
    await expect(deleteRange(context, "a", { from: 1 })).rejects.toMatchObject(bad);
    await expect(deleteRange(context, "v", { rows: {} })).rejects.toMatchObject(bad);
    await expect(update(context, "v", { a: 2 })).rejects.toMatchObject(bad);
    await expect(update(context, "v", series(1))).rejects.toMatchObject({
      code: "schema-mismatch",
    });
    expect((await read(context, "s")).version).toBe(1);
  });
});
