import { withFaults } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { segmentEntryKey } from "../../src/manifest/manifest.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";
import { append } from "../../src/write/append.ts";
import { restoreVersion } from "../../src/write/restore-version.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { countFetched, openTypedContext } from "../open-typed-context.ts";
import { racingRefs } from "../racing-refs.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

/** What the versions from 1 to `count` read as. */
async function readVersions(
  context: LibraryContext,
  count: number,
): Promise<ReturnType<typeof cells>[]> {
  const versions: ReturnType<typeof cells>[] = [];
  for (let asOf = 1; asOf <= count; asOf += 1) {
    versions.push(cells((await read(context, "s", { asOf })).value));
  }
  return versions;
}

describe("append", () => {
  test("vector 19: the first append writes, the next one adds", async () => {
    const { context } = await openTypedContext();
    expect(await append(context, "s", series(30))).toMatchObject({ version: 1, rows: 30 });
    const more = series(20, { start: 30 });
    expect(await append(context, "s", more)).toMatchObject({ version: 2, rows: 50 });
    expect(cells((await read(context, "s")).value)).toEqual(joined(series(30), more));
  });

  test("vector 20: after a deletion an append starts afresh", async () => {
    const { context } = await openTypedContext();
    await append(context, "s", series(30), { metadata: "old" });
    await deleteSymbol(context, "s");
    const fresh = series(3, { salt: 1 });
    expect(await append(context, "s", fresh)).toMatchObject({ version: 3, rows: 3 });
    const { value, metadata } = await read(context, "s");
    expect(cells(value)).toEqual(cells(fresh));
    expect(metadata).toBeNull();
  });

  test("vector 21: no rows give the version before", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(5), { metadata: "m" });
    expect(await append(context, "s", series(0))).toMatchObject({ version: 1, changed: false });
    await expect(read(context, "s", { asOf: 2 })).rejects.toMatchObject({ code: "no-data-found" });
  });

  test("vector 22: 500 appends of one row to an empty frame are few segments", async () => {
    const { context, fetched, counter } = await openTypedContext({ targetBytes: 100_000 });
    await write(context, "s", series(0));
    counter.reset();
    for (let row = 0; row < 500; row += 1) await append(context, "s", series(1, { start: row }));
    const written = counter.totals().get("blobs.putNew")?.bytesWritten ?? 0;
    fetched.length = 0;
    const { value } = await read(context, "s");
    expect(cells(value)).toEqual(cells(series(500)));
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(6);
    // Each row is stored again about nine times; the documents of 500 versions come on top.
    expect(written).toBeLessThan(500 * (9 * 16 + 4000));
  });

  test("vector 23: 120 appends of two rows to a large array cost few segments more than one write", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 8000 });
    const values = Array.from({ length: 10_400 }, (_, position) => position);
    await write(context, "s", numbers(values));
    for (let turn = 0; turn < 120; turn += 1) {
      const rows = [2 * turn, 2 * turn + 1].map((row) => 10_400 + row);
      await append(context, "s", numbers(rows));
      values.push(...rows);
    }
    fetched.length = 0;
    expect(numbersOf((await read(context, "s")).value)).toEqual(values);
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(Math.ceil(10_640 / 1000) + 4);
  });

  test("vector 24: rows of an append that was never published do not come back", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(10));
    // As a process that dies before it publishes.
    const dying = await Transaction.begin(context, "s");
    await dying.putSegment(new Uint8Array(100), new Uint8Array(16));
    await append(context, "s", series(1, { start: 12 }));
    const { value, rows } = await read(context, "s");
    expect(rows).toBe(11);
    expect(cells(value)).toEqual(joined(series(10), series(1, { start: 12 })));
  });

  test("vector 25: after a removed append other rows follow the version before it", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(10));
    await append(context, "s", series(4, { start: 10 }));
    await deleteVersion(context, "s", 2, { allowLatest: true });
    const other = series(7, { start: 10, salt: 3 });
    expect(await append(context, "s", other)).toMatchObject({ version: 3, rows: 17 });
    expect(cells((await read(context, "s")).value)).toEqual(joined(series(10), other));
    expect(cells((await read(context, "s", { asOf: 1 })).value)).toEqual(cells(series(10)));
  });

  test("vector 26: a write after a removed append has no row of it", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(10));
    await append(context, "s", series(4, { start: 10 }));
    await deleteVersion(context, "s", 2, { allowLatest: true });
    const next = frame({
      index: { name: "time", unit: "ms", values: BigInt64Array.of(1n, 50n) },
      columns: { value: Float64Array.of(1, 2) },
    });
    await write(context, "s", next);
    expect(cells((await read(context, "s")).value)).toEqual({ index: [1, 50], values: [1, 2] });
  });

  test("vector 27: integers that meet floats become floats when that is wanted", async () => {
    const { context } = await openTypedContext({ targetBytes: 64 });
    const integers = Array.from({ length: 20 }, (_, row) => BigInt(row - 10));
    await write(context, "s", frame({ columns: { v: BigInt64Array.from(integers) } }));
    const floats = frame({ columns: { v: Float64Array.of(0.5) } });
    for (const schema of ["strict", "add-columns"] as const) {
      await expect(append(context, "s", floats, { schema })).rejects.toMatchObject({
        code: "schema-mismatch",
      });
    }
    await append(context, "s", floats, { schema: "promote" });
    const column = ((await read(context, "s")).value as Frame).column("v");
    expect(column).toMatchObject({ type: "float64" });
    expect([...(column.values as Float64Array)]).toEqual([...integers.map(Number), 0.5]);
    const before = ((await read(context, "s", { asOf: 1 })).value as Frame).column("v");
    expect(before).toMatchObject({ type: "int64", values: BigInt64Array.from(integers) });
  });

  test("vector 28: narrower numbers become what is stored", async () => {
    const { context } = await openTypedContext();
    const schema = "add-columns";
    await write(context, "float", frame({ columns: { v: Float64Array.of(0.5) } }));
    await append(context, "float", frame({ columns: { v: BigInt64Array.of(3n) } }), { schema });
    const float = ((await read(context, "float")).value as Frame).column("v");
    expect(float).toMatchObject({ type: "float64", values: Float64Array.of(0.5, 3) });
    await write(context, "int", frame({ columns: { v: BigInt64Array.of(5n) } }));
    await append(context, "int", frame({ columns: { v: Int32Array.of(-3) } }), { schema });
    const int = ((await read(context, "int")).value as Frame).column("v");
    expect(int).toMatchObject({ type: "int64", values: BigInt64Array.of(5n, -3n) });
  });

  test("vector 29: rows of another kind of value are refused", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", numbers([1, 2]));
    const mismatch = { code: "schema-mismatch" };
    await expect(append(context, "s", series(1))).rejects.toMatchObject(mismatch);
    const wide = ndarray({ shape: [1, 2], values: Float64Array.of(1, 2) });
    await expect(append(context, "s", wide)).rejects.toMatchObject(mismatch);
    await write(context, "value", { a: 1 });
    await expect(append(context, "value", series(1))).rejects.toMatchObject(mismatch);
    await expect(append(context, "value", { b: 1 })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  test("vector 30: new columns come in the new rows' order, and old rows have nothing in them", async () => {
    const { context } = await openTypedContext();
    const old = frame({ columns: { C: ["c"], B: Int32Array.of(2), A: Float64Array.of(1) } });
    await write(context, "s", old);
    const rows = frame({
      columns: {
        A: Float64Array.of(10),
        B: Int32Array.of(20),
        C: ["cc"],
        D: ["d"],
        E: Int32Array.of(50),
        F: Float64Array.of(60),
      },
    });
    await expect(append(context, "s", rows)).rejects.toMatchObject({ code: "schema-mismatch" });
    await append(context, "s", rows, { schema: "add-columns" });
    const value = (await read(context, "s")).value as Frame;
    expect(value.columns.map(({ name }) => name).join("")).toBe("ABCDEF");
    expect(value.toRows()).toEqual([
      { A: 1, B: 2, C: "c", D: "", E: 0, F: Number.NaN },
      { A: 10, B: 20, C: "cc", D: "d", E: 50, F: 60 },
    ]);
    const some = (await read(context, "s", { columns: ["F"] })).value as Frame;
    expect(some.toRows()).toEqual([{ F: Number.NaN }, { F: 60 }]);
  });

  test("vector 31: values follow their columns' names", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", frame({ columns: { a: Int32Array.of(1), b: Int32Array.of(2) } }));
    const swapped = frame({ columns: { b: Int32Array.of(20), a: Int32Array.of(10) } });
    await append(context, "s", swapped);
    const value = (await read(context, "s")).value as Frame;
    expect(value.columns.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(value.toRows()).toEqual([
      { a: 1, b: 2 },
      { a: 10, b: 20 },
    ]);
  });

  test("vector 32: a missing column is refused, and no rows do not take one away", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", frame({ columns: { a: Int32Array.of(1), b: Int32Array.of(2) } }));
    const narrow = frame({ columns: { a: Int32Array.of(3) } });
    await expect(append(context, "s", narrow, { schema: "promote" })).rejects.toMatchObject({
      code: "schema-mismatch",
    });
    const none = frame({ columns: { a: new Int32Array() } });
    expect(await append(context, "s", none)).toMatchObject({ version: 1, changed: false });
    expect(((await read(context, "s")).value as Frame).has("b")).toBe(true);
  });

  test.each([
    { vector: "33", rows: 9 },
    { vector: "34", rows: 12 },
  ])(
    "vector $vector: $rows rows after a restored snapshot overlap rows of a later version",
    async ({ rows }) => {
      const { context } = await openTypedContext();
      await write(context, "s", series(1000));
      await createSnapshot(context, "snap");
      const ten = series(10, { start: 1000 });
      await append(context, "s", ten);
      await restoreVersion(context, "s", "snap");
      const other = series(rows, { start: 1000, salt: 5 });
      await append(context, "s", other);
      expect(await readVersions(context, 4)).toEqual([
        cells(series(1000)),
        joined(series(1000), ten),
        cells(series(1000)),
        joined(series(1000), other),
      ]);
    },
  );

  test("vector 35: a restored middle of many appends can be appended to", async () => {
    const { context } = await openTypedContext();
    const values: ReturnType<typeof cells>[] = [];
    for (let turn = 0; turn < 18; turn += 1) {
      await append(context, "s", series(100, { start: 100 * turn }));
      await createSnapshot(context, `snap ${turn + 1}`);
      values.push(cells(series(100 * (turn + 1))));
    }
    await restoreVersion(context, "s", "snap 11");
    await append(context, "s", series(50, { start: 1100, salt: 1 }));
    values.push(cells(series(1100)), joined(series(1100), series(50, { start: 1100, salt: 1 })));
    expect(await readVersions(context, values.length)).toEqual(values);
  });

  test("vector 36: metadata and restored versions between appends keep every version", async () => {
    const { context } = await openTypedContext();
    const values: ReturnType<typeof cells>[] = [];
    const notes: unknown[] = [];
    const appendNine = async (start: number): Promise<void> => {
      for (let turn = 0; turn < 9; turn += 1) {
        await append(context, "s", series(10, { start: start + 10 * turn }));
        values.push(cells(series(start + 10 * (turn + 1))));
        notes.push(notes.at(-1) ?? null);
      }
    };
    const note = async (text: string): Promise<void> => {
      await writeMetadata(context, "s", text);
      values.push(values.at(-1) ?? cells(series(0)));
      notes.push(text);
    };
    await appendNine(0);
    await note("one");
    await appendNine(90);
    await note("two");
    await restoreVersion(context, "s", 10);
    values.push(cells(series(90)));
    notes.push("one");
    await note("three");
    await append(context, "s", series(5, { start: 90, salt: 2 }));
    values.push(joined(series(90), series(5, { start: 90, salt: 2 })));
    notes.push("three");
    await note("four");
    expect(await readVersions(context, values.length)).toEqual(values);
    for (const [position, text] of notes.entries()) {
      expect((await read(context, "s", { asOf: position + 1 })).metadata).toBe(text);
    }
  });

  test("vector 37: long histories with snapshots and restored ones stay readable", async () => {
    const { context } = await openTypedContext();
    const versions: ReturnType<typeof cells>[] = [];
    let parts: Frame[] = [];
    const add = async (rows: number, turns: number, salt: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) {
        const start = parts.reduce((sum, part) => sum + part.rows, 0);
        const part = series(rows, { start, salt });
        await append(context, "s", part);
        parts = [...parts, part];
        versions.push(joined(...parts));
      }
    };
    await add(25, 50, 0);
    await createSnapshot(context, "A");
    const atA = parts;
    await add(25, 15, 1);
    await restoreVersion(context, "s", "A");
    parts = atA;
    versions.push(joined(...parts));
    await add(40, 1, 2);
    await createSnapshot(context, "B");
    const atB = parts;
    await add(10, 1, 3);
    await add(20, 8, 4);
    await createSnapshot(context, "C");
    expect(await readVersions(context, versions.length)).toEqual(versions);
    for (const [asOf, value] of Object.entries({ A: atA, B: atB, C: parts })) {
      expect(cells((await read(context, "s", { asOf })).value)).toEqual(joined(...value));
    }
  });

  test("vector 38: a version that failed leaves nothing that later appends could meet", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(20));
    await append(context, "s", series(5, { start: 20 }));
    const failing = append(context, "s", series(5, { start: 25 }), { expectedVersion: 1 });
    await expect(failing).rejects.toMatchObject({ code: "concurrent-modification" });
    await writeMetadata(context, "s", "m");
    const other = series(8, { start: 25, salt: 9 });
    await append(context, "s", other);
    expect(await readVersions(context, 4)).toEqual([
      cells(series(20)),
      cells(series(25)),
      cells(series(25)),
      joined(series(25), other),
    ]);
  });

  test("vector 39: an append that lost a race and could not clean up has happened once", async () => {
    const store = openMemoryStore();
    const rival = await openTypedContext({ store, seed: 2 });
    const { blobs } = withFaults(store, {
      clock: createInstantClock({ startMs: 0 }),
      random: createSeededRandom(1),
      rules: [{ operations: ["blobs.deleteMany"], fault: { type: "fail" } }],
    });
    const { refs, races } = racingRefs(store.refs);
    const { context } = await openTypedContext({ store: { blobs, refs } });
    await append(context, "s", series(2));
    races.push(() => append(rival.context, "s", series(1, { start: 2 })));
    const result = await append(context, "s", series(1, { start: 3 }));
    expect(result).toMatchObject({ version: 3, rows: 4 });
    // What was stored for the first attempt is of no use.
    expect(result.cleanupError).toMatchObject({ code: "unavailable" });
    expect(cells((await read(context, "s")).value)).toEqual(cells(series(4)));
  });

  test("vector 40: without upsert a missing symbol is an error", async () => {
    const { context } = await openTypedContext();
    const upsert = false;
    for (const rows of [0, 3, 300]) {
      await expect(append(context, "s", series(rows), { upsert })).rejects.toMatchObject({
        code: "no-data-found",
      });
    }
    await write(context, "s", series(1));
    await deleteSymbol(context, "s");
    await expect(append(context, "s", series(3), { upsert })).rejects.toMatchObject({
      code: "no-data-found",
    });
  });

  test("vector 41: rows before the last one are refused unless that is wanted", async () => {
    const { context } = await openTypedContext({ targetBytes: 200 });
    await write(context, "s", series(30, { start: 100 }));
    const early = series(10, { start: 95 });
    await expect(append(context, "s", early)).rejects.toMatchObject({ code: "unsorted-append" });
    await append(context, "s", early, { validateIndex: false });
    const { value } = await read(context, "s", { dateRange: { from: 98, to: 101 } });
    expect(cells(value).index).toEqual([100, 101, 98, 99, 100, 101]);
    const unsorted = frame({
      index: { name: "time", unit: "ms", values: BigInt64Array.of(900n, 800n) },
      columns: { value: Float64Array.of(1, 2) },
    });
    await expect(append(context, "s", unsorted)).rejects.toMatchObject({ code: "unsorted-append" });
  });

  test("1 000 appends of one row at once, in groups, are read with at most 15 segments", async () => {
    const { context, fetched, counter } = await openTypedContext({ targetBytes: 100_000 });
    const results = await Promise.all(
      Array.from({ length: 1000 }, (_, row) =>
        append(context, "s", series(1, { start: row }), { validateIndex: false }),
      ),
    );
    expect(new Set(results.map(({ version }) => version)).size).toBe(1000);
    // Each group of up to 64 changes the head once; two changes per append are its intent's.
    const changes = counter.totals().get("refs.compareAndSet")?.calls ?? 0;
    expect(changes - 2000).toBeLessThan(30);
    fetched.length = 0;
    const { value } = await read(context, "s");
    expect(cells(value).index.toSorted((a, b) => a - b)).toEqual(cells(series(1000)).index);
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(15);
    fetched.length = 0;
    await read(context, "s", { asOf: 500 });
    expect(countFetched(fetched, "s")).toBeLessThanOrEqual(40);
  });

  test("appending to a large array uploads the new rows and no other", async () => {
    const { context, counter } = await openTypedContext({ targetBytes: 8000 });
    await write(context, "s", numbers(Array.from({ length: 20_000 }, (_, row) => Math.sqrt(row))));
    counter.reset();
    const result = await append(context, "s", numbers([1, 2, 3]));
    expect(result).toMatchObject({ newSegments: 1, sharedSegments: 20 });
    expect(result.newBytes).toBeLessThan(600);
    const { manifest } = await resolveVersion(context, "s");
    const own = manifest.segments.map(segmentEntryKey);
    expect(new Set(own).size).toBe(21);
    expect(((await read(context, "s")).value as NdArray).rows).toBe(20_003);
  });
});
