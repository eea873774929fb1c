import { openMemoryStore } from "@foretile/storage/memory";
import { describe, expect, test } from "vitest";
import { contentOf } from "../../src/content/content.ts";
import { getInfo } from "../../src/read/get-info.ts";
import { read } from "../../src/read/read.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { ndarray } from "../../src/value/nd-array.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { append } from "../../src/write/append.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { withBlobs } from "../changed-stores.ts";
import { countFetched, openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, numbers, numbersOf, series } from "../series.ts";
import { refKeys } from "../open-test-library.ts";

function nan(payload: number): Float32Array {
  const bits = Uint32Array.of(0x7fc0_0000 + payload);
  return new Float32Array(bits.buffer, 0, 1);
}

describe("sharing", () => {
  test("follows the cuts that appends left, and what changed between them is cut anew", async () => {
    const { context } = await openTypedContext({ targetBytes: 800 });
    const values = Array.from({ length: 120 }, (_, row) => row);
    await write(context, "s", numbers(values));
    const appended = [...values, ...Array.from({ length: 30 }, (_, row) => -row)];
    await append(context, "s", numbers(appended.slice(120)));
    const changed = appended.map((value, row) => (row === 110 ? 0.5 : value));
    const result = await write(context, "s", numbers([...changed, 7]));
    // 100 and 50 rows, then the value that was added.
    const { manifest } = await resolveVersion(context, "s");
    const rows = contentOf(context.handlers, manifest).blocks.map((block) => block.rows);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(151);
    expect(result.sharedSegments).toBeGreaterThanOrEqual(1);
    expect(numbersOf((await read(context, "s")).value)).toEqual([...changed, 7]);
  });

  test("a value that grows by writes has few blocks", async () => {
    const { context } = await openTypedContext({ targetBytes: 8000 });
    const values: number[] = [];
    for (let row = 0; row < 300; row += 1) {
      values.push(row);
      await write(context, "s", numbers(values));
    }
    expect((await getInfo(context, "s")).segments).toBeLessThanOrEqual(6);
    expect(numbersOf((await read(context, "s")).value)).toEqual(values);
  });

  test("needs the same lanes: another grid shares nothing", async () => {
    const { context } = await openTypedContext();
    const values = Float32Array.from({ length: 64 }, (_, at) => at);
    const shape = [8, 8];
    await write(context, "s", ndarray({ shape, values, grid: [8, 4] }));
    const other = await write(context, "s", ndarray({ shape, values, grid: [4, 4] }));
    expect(other).toMatchObject({ newSegments: 4, sharedSegments: 0 });
    const same = await write(context, "s", ndarray({ shape, values, grid: [4, 4] }));
    expect(same).toMatchObject({ newSegments: 0, sharedSegments: 4 });
  });

  test("does not reach beyond the newest version", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(5));
    await write(context, "s", series(5, { salt: 1 }));
    expect(await write(context, "s", series(5))).toMatchObject({ newSegments: 1 });
  });

  test("is not tried with a version of another kind", async () => {
    const { context } = await openTypedContext();
    for (const value of [{ a: 1 }, series(5), numbers([1]), null, "text", 5n ** 25n]) {
      expect(await write(context, "s", value)).toMatchObject({ newSegments: 1, sharedSegments: 0 });
    }
    expect((await read(context, "s")).value).toBe(5n ** 25n);
  });
});

describe("skipping what is unchanged", () => {
  const skipUnchanged = true;

  test("compares rows, not cuts", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 80 });
    const values = Array.from({ length: 7 }, (_, row) => row);
    await write(context, "s", numbers(values.slice(0, 3)));
    await append(context, "s", numbers(values.slice(3)));
    fetched.length = 0;
    expect(await write(context, "s", numbers(values), { skipUnchanged })).toMatchObject({
      version: 2,
      changed: false,
    });
    expect(countFetched(fetched, "s")).toBe(0);
  });

  test("reads what is cut across in another way", async () => {
    const { context, store, fetched } = await openTypedContext();
    const [a, b] = [Int32Array.of(1, 2), ["x", "y"]];
    await write(context, "s", frame({ columns: { a: a.slice(0, 1) } }));
    const rest = frame({ columns: { a: a.slice(1), b: ["y"] } });
    await append(context, "s", rest, { schema: "add-columns" });
    const before = await segmentKeys(store);
    fetched.length = 0;
    const other = frame({ columns: { a, b } });
    expect(await write(context, "s", other, { skipUnchanged })).toMatchObject({ version: 3 });
    expect(countFetched(fetched, "s")).toBeGreaterThan(0);
    const same = frame({ columns: { a, b: ["", "y"] } });
    await append(context, "t", frame({ columns: { a: a.slice(0, 1) } }));
    await append(context, "t", rest, { schema: "add-columns" });
    expect(await write(context, "t", same, { skipUnchanged })).toMatchObject({
      version: 2,
      changed: false,
    });
    // Other metadata make a version of the stored value, which keeps its cuts.
    const noted = await write(context, "t", same, { skipUnchanged, metadata: "m" });
    expect(noted).toMatchObject({ version: 3, newSegments: 0, changed: true });
    expect(((await read(context, "t")).value as Frame).toRows()).toEqual([
      { a: 1, b: "" },
      { a: 2, b: "y" },
    ]);
    expect(before.length).toBeGreaterThan(0);
  });

  test("tells NaN by its bits, and zero by its sign", async () => {
    const { context } = await openTypedContext();
    const put = (values: Float32Array): Promise<{ version: number }> =>
      write(context, "s", ndarray({ shape: [1], values }), { skipUnchanged });
    const versions: number[] = [];
    for (const values of [nan(1), nan(1), nan(2), Float32Array.of(0), Float32Array.of(-0)]) {
      versions.push((await put(values)).version);
    }
    expect(versions).toEqual([1, 1, 2, 3, 4]);
  });

  test("does not skip what was deleted, nor where there is nothing", async () => {
    const { context } = await openTypedContext();
    expect(await write(context, "s", null, { skipUnchanged })).toMatchObject({ changed: true });
    expect(await write(context, "s", null, { skipUnchanged })).toMatchObject({ changed: false });
    expect(await write(context, "s", series(0), { skipUnchanged })).toMatchObject({ version: 2 });
    expect(await write(context, "s", series(0), { skipUnchanged })).toMatchObject({ version: 2 });
    await writeMetadata(context, "s", "m");
    expect(await write(context, "s", series(0), { skipUnchanged })).toMatchObject({ version: 4 });
  });
});

describe("what cannot be stored", () => {
  const invalid = { code: "invalid-argument" };

  test("metadata are refused before anything happens", async () => {
    const { context, store } = await openTypedContext();
    await write(context, "s", series(3));
    const keys = await refKeys(store as never);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const metadata of [
      cycle,
      { f: () => 1 },
      { date: new Date(0) },
      "\ud800",
      [undefined],
      new Map(),
      "x".repeat(1024 * 1024),
    ] as never[]) {
      await expect(write(context, "s", series(4), { metadata })).rejects.toMatchObject(invalid);
      await expect(append(context, "s", series(1), { metadata })).rejects.toMatchObject(invalid);
      await expect(writeMetadata(context, "s", metadata)).rejects.toMatchObject(invalid);
    }
    expect((await read(context, "s")).version).toBe(1);
    expect(await segmentKeys(store)).toHaveLength(1);
    expect(await refKeys(store as never)).toEqual(keys);
  });

  test("metadata are taken as they were when they were given", async () => {
    const { context } = await openTypedContext();
    const metadata = { list: [1] };
    const writing = write(context, "s", series(3), { metadata });
    metadata.list.push(2);
    await writing;
    expect((await read(context, "s")).metadata).toEqual({ list: [1] });
  });

  test("values are refused, and leave nothing behind", async () => {
    const { context, store } = await openTypedContext({ targetBytes: 160 });
    const texts = Array.from({ length: 100 }, () => "fine");
    const list = frame({ columns: { t: texts } });
    // Behind the back of the frame, whose check is over.
    (list.column("t").values as string[])[99] = "\ud800";
    const values = Float64Array.of(1, 2);
    const instants = frame({ index: { name: "at", values }, columns: { a: Int8Array.of(1, 2) } });
    values[1] = Number.NaN;
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const value of [undefined, cycle, () => 1, new Date(0), Symbol("s"), list, instants]) {
      await expect(write(context, "s", value)).rejects.toMatchObject(invalid);
    }
    await expect(read(context, "s")).rejects.toMatchObject({ code: "no-data-found" });
    expect(await segmentKeys(store)).toEqual([]);
    expect(await refKeys(store as never)).toEqual([]);
  });

  test("kinds of values that the library is not composed for are refused", async () => {
    const { context } = await openTypedContext({ handlers: ["array", "value"] });
    await write(context, "s", numbers([1]));
    await expect(write(context, "s", series(1))).rejects.toMatchObject({
      code: "unsupported-capability",
      details: { handler: "frame" },
    });
  });

  test("a library for reading only takes nothing", async () => {
    const store = openMemoryStore();
    const writer = await openTypedContext({ store });
    await write(writer.context, "s", series(3));
    const { context, counter } = await openTypedContext({ store, readOnly: true, seed: 2 });
    const readOnly = { code: "read-only-library" };
    await expect(write(context, "s", series(3))).rejects.toMatchObject(readOnly);
    await expect(append(context, "s", series(0))).rejects.toMatchObject(readOnly);
    await expect(append(context, "s", series(1))).rejects.toMatchObject(readOnly);
    await expect(writeMetadata(context, "s", 1)).rejects.toMatchObject(readOnly);
    expect(counter.totals().get("blobs.putNew")).toBeUndefined();
    expect(cells((await read(context, "s")).value)).toEqual(cells(series(3)));
  });

  test("wrong options are refused before anything happens", async () => {
    const { context, counter } = await openTypedContext();
    for (const options of [
      { expectedVersion: -1 },
      { expectedVersion: 0.5 },
      { user: "x".repeat(129) },
      { message: "x".repeat(513) },
    ]) {
      await expect(write(context, "s", 1, options)).rejects.toMatchObject(invalid);
      await expect(append(context, "s", series(1), options)).rejects.toMatchObject(invalid);
    }
    expect([...counter.totals().keys()]).toEqual([]);
  });

  test("a signal ends a write and leaves nothing behind", async () => {
    const { context, store } = await openTypedContext({ targetBytes: 80 });
    const stop = new AbortController();
    const stopping = withBlobs(context, {
      putNew: (key, ...call) => {
        if (key.endsWith("9")) stop.abort(new Error("enough"));
        return context.blobs.putNew(key, ...call);
      },
    });
    const value = numbers(Array.from({ length: 1000 }, (_, row) => row));
    const writing = write(stopping, "s", value, { signal: stop.signal });
    await expect(writing).rejects.toThrow(/enough|abort/);
    expect(await segmentKeys(store)).toEqual([]);
    expect(await refKeys(store as never)).toEqual([]);
  });
});
