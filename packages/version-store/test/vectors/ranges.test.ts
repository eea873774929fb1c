import { toKey } from "@foretile/storage";
import { beforeAll, describe, expect, test } from "vitest";
import { segmentEntryKey } from "../../src/manifest/manifest.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import type { IndexRange } from "../../src/value/index-bounds.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { append } from "../../src/write/append.ts";
import { update } from "../../src/write/update.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { countFetched, openTypedContext, type TypedContext } from "../open-typed-context.ts";
import { cells, numbers, numbersOf, series } from "../series.ts";

const dayMs = 86_400_000;
const startMs = 1_000 * dayMs;

/** A row a day. */
function days(rows: number, first = 0): Frame {
  return frame({
    index: {
      name: "day",
      unit: "ms",
      values: BigInt64Array.from({ length: rows }, (_, row) =>
        BigInt(startMs + (first + row) * dayMs),
      ),
    },
    columns: { value: Float64Array.from({ length: rows }, (_, row) => first + row) },
  });
}

const day = (number: number): Date => new Date(startMs + number * dayMs);

async function daysIn(context: LibraryContext, dateRange: IndexRange): Promise<number[]> {
  const { value } = await read(context, "s", { dateRange });
  expect((value as Frame).index?.unit).toBe("ms");
  return cells(value).values;
}

const upTo = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, row) => from + row);

describe("ranges of an index", () => {
  let typed: TypedContext;

  beforeAll(async () => {
    typed = await openTypedContext({ targetBytes: 160 });
    await write(typed.context, "s", days(100));
  });

  test.each<{ name: string; range: IndexRange; from: number; to: number }>([
    { name: "from the first", range: { from: day(0) }, from: 0, to: 100 },
    { name: "from first to last", range: { from: day(0), to: day(99) }, from: 0, to: 100 },
    { name: "without ends", range: {}, from: 0, to: 100 },
  ])("vector 42: $name is everything", async ({ range, from, to }) => {
    expect(await daysIn(typed.context, range)).toEqual(upTo(from, to));
  });

  test.each<{ name: string; range: IndexRange; from: number; to: number }>([
    { name: "from the 11th", range: { from: day(10) }, from: 10, to: 100 },
    { name: "to the 11th", range: { to: day(10) }, from: 0, to: 11 },
    { name: "the last alone", range: { from: day(99), to: day(99) }, from: 99, to: 100 },
    { name: "the first alone", range: { from: day(0), to: day(0) }, from: 0, to: 1 },
    { name: "to the first", range: { to: day(0) }, from: 0, to: 1 },
    {
      name: "open on the left",
      range: { from: day(3), to: day(9), closed: "right" },
      from: 4,
      to: 10,
    },
    {
      name: "open on the right",
      range: { from: day(3), to: day(9), closed: "left" },
      from: 3,
      to: 9,
    },
    {
      name: "open on both sides",
      range: { from: day(3), to: day(9), closed: "none" },
      from: 4,
      to: 9,
    },
    { name: "within a gap", range: { from: startMs + 1, to: startMs + 2 }, from: 0, to: 0 },
  ])("vector 43: $name", async ({ range, from, to }) => {
    expect(await daysIn(typed.context, range)).toEqual(upTo(from, to));
  });

  test("vector 44: what lies outside is empty with the schema kept", async () => {
    expect(await daysIn(typed.context, { from: day(-1) })).toEqual(upTo(0, 100));
    for (const range of [
      { from: day(100) },
      { from: new Date("1950-01-01"), to: new Date("1950-12-31") },
      { from: new Date("2091-01-01"), to: new Date("2091-12-31") },
    ]) {
      typed.fetched.length = 0;
      expect(await daysIn(typed.context, range)).toEqual([]);
      expect(countFetched(typed.fetched, "s")).toBe(0);
    }
  });

  test("vector 47: only the blocks that a range meets are fetched", async () => {
    const blocks = 10;
    for (const [range, fetches] of [
      [{ to: day(5) }, 1],
      [{ from: day(97) }, 1],
      [{ from: day(9), to: day(10) }, 2],
      [{ from: day(25), to: day(44) }, 3],
    ] as const) {
      typed.fetched.length = 0;
      await read(typed.context, "s", { dateRange: range });
      expect(countFetched(typed.fetched, "s")).toBe(fetches);
      expect(fetches).toBeLessThan(blocks);
    }
  });

  test("a reversed range, a bound that is no number and a value without an index are refused", async () => {
    const { context } = typed;
    await expect(
      read(context, "s", { dateRange: { from: day(2), to: day(1) } }),
    ).rejects.toMatchObject({ code: "invalid-range" });
    for (const from of [Number.NaN, new Date(Number.NaN), "1970" as never]) {
      await expect(read(context, "s", { dateRange: { from } })).rejects.toMatchObject({
        code: "invalid-argument",
      });
    }
    await write(context, "array", numbers([1, 2]));
    await write(context, "columns", frame({ columns: { a: Int8Array.of(1) } }));
    for (const symbol of ["array", "columns"]) {
      await expect(read(context, symbol, { dateRange: {} })).rejects.toMatchObject({
        code: "invalid-argument",
      });
    }
  });

  test("vector 49: a bound of another kind than the index is refused", async () => {
    const { context } = typed;
    const plain = frame({
      index: { name: "step", values: Int32Array.of(1, 2, 3) },
      columns: { v: Int8Array.of(1, 2, 3) },
    });
    await write(context, "plain", plain);
    await expect(read(context, "plain", { dateRange: { from: day(0) } })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    const { value } = await read(context, "plain", { dateRange: { from: 2 } });
    expect((value as Frame).toRows()).toEqual([
      { step: 2, v: 2 },
      { step: 3, v: 3 },
    ]);
  });
});

describe("ranges across seams", () => {
  test("vector 45: ranges cross the seams of appends exactly", async () => {
    const { context } = await openTypedContext({ targetBytes: 8000 });
    const index = [...upTo(0, 3072).map((row) => row * 10), 40_000, 40_001, 50_000, 50_001];
    const rowsAt = (from: number, to: number): Frame =>
      frame({
        index: { name: "at", values: Int32Array.from(index.slice(from, to)) },
        columns: Array.from({ length: 10 }, (_, column): [string, Float64Array] => [
          `c${column}`,
          Float64Array.from(upTo(from, to), (row) => row + column / 100),
        ]),
      });
    await write(context, "s", rowsAt(0, 3072));
    await append(context, "s", rowsAt(3072, 3074));
    await append(context, "s", rowsAt(3074, 3076));
    for (const [from, to] of [
      [30_700, 40_000],
      [40_000, 40_000],
      [40_001, 50_000],
      [30_000, 60_000],
      [30_711, 39_999],
      [50_001, 50_001],
      [15, 4000],
    ] as const) {
      const { value } = await read(context, "s", { dateRange: { from, to } });
      const rows = upTo(0, index.length).filter((row) => {
        const at = index[row] ?? 0;
        return at >= from && at <= to;
      });
      expect(cells(value)).toEqual({ index: rows.map((row) => index[row]), values: rows });
    }
  });

  test("vector 46: equal instants across blocks are all found", async () => {
    const { context } = await openTypedContext({ targetBytes: 16_000 });
    const rows = 40_000;
    const value = frame({
      index: {
        name: "at",
        unit: "s",
        values: BigInt64Array.from({ length: rows }, (_, row) => (row < 20_500 ? 100n : 200n)),
      },
      columns: { v: Uint32Array.from({ length: rows }, (_, row) => row) },
    });
    await write(context, "s", value);
    const all = await read(context, "s", { dateRange: { from: 100, to: 200 } });
    expect((all.value as Frame).rows).toBe(rows);
    const first = await read(context, "s", { dateRange: { from: 100, to: 100 } });
    expect((first.value as Frame).rows).toBe(20_500);
    const second = await read(context, "s", { dateRange: { from: 100, to: 200, closed: "right" } });
    const found = (second.value as Frame).column("v").values as Uint32Array;
    expect(found.slice(0, 2)).toEqual(Uint32Array.of(20_500, 20_501));
  });

  test("vector 48: an end beyond the last row gives the rows up to it", async () => {
    const { context } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(25));
    const { value } = await read(context, "s", { dateRange: { from: 22, to: 1_000_000 } });
    expect(cells(value).index).toEqual([22, 23, 24]);
  });

  test("vector 50: an opaque value is only read whole", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", { any: ["thing"] });
    for (const part of [
      { dateRange: {} },
      { rowRange: {} },
      { columns: [] },
      { members: [0] },
      { since: 1 },
    ]) {
      await expect(read(context, "s", part)).rejects.toMatchObject({ code: "invalid-argument" });
    }
    expect((await read(context, "s")).value).toEqual({ any: ["thing"] });
  });

  test("vector 51: a few members and steps of an ensemble cost a few tiles", async () => {
    const { context, counter, fetched } = await openTypedContext({ targetBytes: 64 * 1024 });
    const [steps, members] = [2000, 300];
    const values = Float32Array.from({ length: steps * members }, (_, at) => at % 9973);
    await write(context, "s", ndarray({ shape: [steps, members], values, grid: [100, 30] }));
    counter.reset();
    fetched.length = 0;
    const { value } = await read(context, "s", {
      members: [7, 100, 299],
      rowRange: { from: 500, to: 600 },
    });
    const array = value as NdArray<Float32Array>;
    expect(array.shape).toEqual([100, 3]);
    const expected = upTo(500, 600).flatMap((step) =>
      [7, 100, 299].map((member) => (step * members + member) % 9973),
    );
    expect([...array.values]).toEqual(expected);
    expect(countFetched(fetched, "s")).toBe(3);
  });
});

describe("rows and columns by name and number", () => {
  test("vector 52: rows count from the end, and what lies outside is left out", async () => {
    const { context } = await openTypedContext({ targetBytes: 32 });
    await write(context, "s", numbers(upTo(0, 10)));
    const rows = async (from?: number, to?: number): Promise<number[]> =>
      numbersOf((await read(context, "s", { rowRange: { from, to } })).value);
    expect(await rows(-5)).toEqual([5, 6, 7, 8, 9]);
    expect(await rows(-5, Infinity)).toEqual([5, 6, 7, 8, 9]);
    expect(await rows(3, 3)).toEqual([]);
    expect(await rows(-100, 2)).toEqual([0, 1]);
    expect(await rows(2, -2)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(await rows(8, -5)).toEqual([]);
    expect(await rows(20, 30)).toEqual([]);
    expect(await rows()).toEqual(upTo(0, 10));
    for (const [from, to] of [
      [5, 3],
      [-3, -5],
      [0.5, 2],
      [0, Number.NaN],
    ]) {
      await expect(rows(from, to)).rejects.toMatchObject({ code: "invalid-range" });
    }
  });

  test("vector 53: columns are chosen by name, and each must be there once", async () => {
    const { context, fetched } = await openTypedContext();
    const columns = Array.from({ length: 100 }, (_, column): [string, Int32Array] => [
      `c${column}`,
      Int32Array.of(column, -column),
    ]);
    const index = { name: "at", values: Int32Array.of(5, 6) };
    await write(context, "s", frame({ index, columns }));
    fetched.length = 0;
    const none = (await read(context, "s", { columns: [] })).value as Frame;
    expect(none.toRows()).toEqual([{ at: 5 }, { at: 6 }]);
    expect(countFetched(fetched, "s")).toBe(1);
    const two = (await read(context, "s", { columns: ["c99", "c3"] })).value as Frame;
    expect(two.columns.map(({ name }) => name)).toEqual(["c99", "c3"]);
    expect(two.toRows()[1]).toEqual({ at: 6, c3: -3, c99: -99 });
    await expect(read(context, "s", { columns: ["c1", "x"] })).rejects.toMatchObject({
      code: "no-such-column",
      details: { column: "x" },
    });
    await expect(read(context, "s", { columns: ["c1", "c1"] })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    await expect(read(context, "s", { members: [0] })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  test("index, rows and columns together give what is in all of them", async () => {
    const { context } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", days(50));
    const { value } = await read(context, "s", {
      dateRange: { from: day(10), to: day(30) },
      rowRange: { from: 25, to: 40 },
      columns: ["value"],
    });
    expect(cells(value).values).toEqual(upTo(25, 31));
  });

  test("vector 53a: rows since a version, without the segments that it had", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", days(95));
    await append(context, "s", days(3, 95));
    await writeMetadata(context, "s", "m");
    await append(context, "s", days(4, 98));
    fetched.length = 0;
    const { value } = await read(context, "s", { since: 1 });
    expect(cells(value).values).toEqual(upTo(95, 102));
    // The block at the seam may have older rows too.
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(2);
    const since = async (version: number, asOf?: number): Promise<number[]> =>
      cells((await read(context, "s", { since: version, asOf })).value).values;
    expect(await since(2)).toEqual(upTo(98, 102));
    expect(await since(4)).toEqual([]);
    expect(await since(1, 3)).toEqual(upTo(95, 98));
    await expect(since(3, 2)).rejects.toMatchObject({ code: "invalid-range" });
    await expect(since(0)).rejects.toMatchObject({ code: "invalid-range" });
    await deleteVersion(context, "s", 2);
    await expect(since(1)).rejects.toMatchObject({ code: "not-append-only" });
    await expect(since(2)).rejects.toMatchObject({ code: "no-data-found" });
    expect(await since(3)).toEqual(upTo(98, 102));
    await write(context, "s", days(110));
    await expect(since(1)).rejects.toMatchObject({ code: "not-append-only" });
    expect(await since(3, 4)).toEqual(upTo(98, 102));
    await update(context, "s", days(1, 3));
    await expect(since(5)).rejects.toMatchObject({ code: "not-append-only" });
  });

  test("vector 54: a segment that is gone is an error that names it, not fewer rows", async () => {
    const { context, store } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", days(100));
    const { manifest } = await resolveVersion(context, "s");
    const key = segmentEntryKey(manifest.segments[4] ?? ({} as never));
    await store.blobs.deleteMany([toKey(key)]);
    const damage = { code: "data-integrity", details: { key } };
    await expect(read(context, "s")).rejects.toMatchObject(damage);
    await expect(
      read(context, "s", { dateRange: { from: day(45), to: day(46) } }),
    ).rejects.toMatchObject(damage);
    const { value } = await read(context, "s", { dateRange: { to: day(39) } });
    expect(cells(value).values).toEqual(upTo(0, 40));
  });
});
