import { describe, expect, test } from "vitest";
import { segmentEntryKey } from "../../src/manifest/manifest.ts";
import { getInfo } from "../../src/read/get-info.ts";
import { read } from "../../src/read/read.ts";
import { hasSymbol } from "../../src/read/read-metadata.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { prune } from "../../src/retention/prune.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { frame } from "../../src/value/frame.ts";
import { ndarray } from "../../src/value/nd-array.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { append } from "../../src/write/append.ts";
import { restoreVersion } from "../../src/write/restore-version.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { countFetched, openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, joined, numbers, series } from "../series.ts";

const A = series(30);
const B = series(20, { salt: 7 });
const C = series(5, { start: 30, salt: 9 });

describe("metadata", () => {
  test("vector 81: other metadata is a version of the same segments", async () => {
    const { context, counter, fetched } = await openTypedContext();
    await write(context, "s", A, { metadata: { a: 1 } });
    await write(context, "s", B, { metadata: { a: 2 } });
    counter.reset();
    fetched.length = 0;
    expect(await writeMetadata(context, "s", { b: 1 })).toMatchObject({ version: 3, rows: 20 });
    expect(countFetched(fetched, "s")).toBe(0);
    // The version document; the intent, the head, and the intent's end.
    expect(counter.totals().get("blobs.putNew")?.calls).toBe(1);
    expect(counter.totals().get("refs.compareAndSet")?.calls).toBe(3);
    const [second, third] = await Promise.all(
      [2, 3].map((asOf) => resolveVersion(context, "s", { asOf })),
    );
    expect(third?.manifest.segments.map(segmentEntryKey)).toEqual(
      second?.manifest.segments.map(segmentEntryKey),
    );
    expect(await read(context, "s")).toMatchObject({ metadata: { b: 1 }, operation: "metadata" });
    const first = await read(context, "s", { asOf: 1 });
    expect(first.metadata).toEqual({ a: 1 });
    expect(cells(first.value)).toEqual(cells(A));
  });

  test("vector 82: an append after other metadata keeps them through a prune", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A, { metadata: "first" });
    await writeMetadata(context, "s", "second");
    await append(context, "s", C);
    await append(context, "s", series(1, { start: 50 }), { metadata: "last" });
    await prune(context, "s", { keepLast: 1 });
    const { value, metadata } = await read(context, "s");
    expect(metadata).toBe("last");
    expect(cells(value)).toEqual(joined(A, C, series(1, { start: 50 })));
  });

  test("metadata are inherited by an append that has none of its own, and null takes them away", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A, { metadata: "kept" });
    await append(context, "s", C);
    expect((await read(context, "s")).metadata).toBe("kept");
    await append(context, "s", series(1, { start: 50 }), { metadata: null });
    expect((await read(context, "s")).metadata).toBeNull();
    await write(context, "s", A);
    expect((await read(context, "s")).metadata).toBeNull();
  });

  test("vector 83: metadata of a missing symbol need upsert, and are then about null", async () => {
    const { context } = await openTypedContext();
    await expect(writeMetadata(context, "s", "m")).rejects.toMatchObject({ code: "no-data-found" });
    expect(await hasSymbol(context, "s")).toBe(false);
    expect(await writeMetadata(context, "s", "m", { upsert: true })).toMatchObject({ version: 1 });
    expect(await read(context, "s")).toMatchObject({ value: null, metadata: "m" });
    await deleteSymbol(context, "s");
    await expect(writeMetadata(context, "s", "m")).rejects.toMatchObject({ code: "no-data-found" });
  });

  test("vector 84: each snapshot keeps its value with its metadata", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A, { metadata: 1 });
    await createSnapshot(context, "one");
    await writeMetadata(context, "s", 2);
    await createSnapshot(context, "two");
    await write(context, "s", B, { metadata: 3 });
    await createSnapshot(context, "three");
    await write(context, "s", C);
    await prune(context, "s", { keepLast: 1 });
    for (const [asOf, value, metadata] of [
      ["one", A, 1],
      ["two", A, 2],
      ["three", B, 3],
    ] as const) {
      const found = await read(context, "s", { asOf });
      expect(found.metadata).toBe(metadata);
      expect(cells(found.value)).toEqual(cells(value));
    }
  });
});

describe("restoring", () => {
  test("vector 85: a version comes back with its metadata, and without a byte of data", async () => {
    const { context, store, counter, fetched } = await openTypedContext();
    await write(context, "s", A, { metadata: "a" });
    await write(context, "s", B, { metadata: "b" });
    const before = await segmentKeys(store);
    counter.reset();
    fetched.length = 0;
    expect(await restoreVersion(context, "s", 1)).toMatchObject({ version: 3, changed: true });
    expect(countFetched(fetched, "s")).toBe(0);
    expect(counter.totals().get("blobs.putNew")?.calls).toBe(1);
    expect(await segmentKeys(store)).toEqual(before);
    const found = await read(context, "s");
    expect(found).toMatchObject({ metadata: "a", operation: "restore", version: 3 });
    expect(cells(found.value)).toEqual(cells(A));
  });

  test("vector 86: a restored version can be appended to, and outlives the one it came from", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A);
    await write(context, "s", B);
    await restoreVersion(context, "s", 1);
    await append(context, "s", C);
    await prune(context, "s", { keepLast: 1 });
    expect(cells((await read(context, "s")).value)).toEqual(joined(A, C));
  });

  test.each([{ asOf: 2 }, { asOf: -1 }, { asOf: "snap" }])(
    "vector 87: restoring the newest by $asOf does nothing",
    async ({ asOf }) => {
      const { context } = await openTypedContext();
      await write(context, "s", A);
      await write(context, "s", B);
      await createSnapshot(context, "snap");
      expect(await restoreVersion(context, "s", asOf)).toMatchObject({
        version: 2,
        changed: false,
      });
      await expect(read(context, "s", { asOf: 3 })).rejects.toMatchObject({
        code: "no-data-found",
      });
    },
  );

  test("an equal version that is not the newest is restored all the same", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A);
    await write(context, "s", A);
    expect(await restoreVersion(context, "s", 1)).toMatchObject({ version: 3, changed: true });
  });

  test("vector 88: what is not there cannot be restored, and the symbol stays as it is", async () => {
    const { context, counter } = await openTypedContext();
    await write(context, "s", A);
    await createSnapshot(context, "snap");
    counter.reset();
    await expect(restoreVersion(context, "s", 7)).rejects.toMatchObject({ code: "no-data-found" });
    expect(counter.totals().get("refs.compareAndSet")).toBeUndefined();
    await expect(restoreVersion(context, "s", "x")).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
    await expect(restoreVersion(context, "other", "snap")).rejects.toMatchObject({
      code: "no-data-found",
    });
    expect(await hasSymbol(context, "other")).toBe(false);
    expect((await read(context, "s")).version).toBe(1);
  });

  test("vector 89: a snapshot brings a deleted symbol back", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(10), { metadata: { a: 1 } });
    await append(context, "s", series(5, { start: 10 }));
    await createSnapshot(context, "snapA");
    await append(context, "s", series(5, { start: 15 }));
    await deleteSymbol(context, "s");
    expect(await restoreVersion(context, "s", "snapA")).toMatchObject({ version: 5, rows: 15 });
    const found = await read(context, "s");
    expect(found.metadata).toEqual({ a: 1 });
    expect(cells(found.value)).toEqual(cells(series(15)));
  });

  test("vector 90: a deletion cannot be restored", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A);
    await deleteSymbol(context, "s");
    for (const asOf of [2, -1]) {
      await expect(restoreVersion(context, "s", asOf)).rejects.toMatchObject({
        code: "no-data-found",
      });
    }
    expect(await hasSymbol(context, "s")).toBe(false);
  });

  test("nothing is restored when another version is expected to be the newest", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A);
    await write(context, "s", B);
    for (const asOf of [1, 2]) {
      await expect(
        restoreVersion(context, "s", asOf, { expectedVersion: 1 }),
      ).rejects.toMatchObject({ code: "concurrent-modification" });
    }
    expect(await restoreVersion(context, "s", 1, { expectedVersion: 2 })).toMatchObject({
      version: 3,
    });
  });
});

describe("info", () => {
  test("vector 91: a value is described without reading it", async () => {
    const { context, fetched } = await openTypedContext();
    const value = frame({
      index: { name: "i", values: BigInt64Array.of(3n, 4n, 7n) },
      columns: { v: BigInt64Array.of(1n, 2n, 3n) },
    });
    await write(context, "s", value, { user: "ann", message: "first" });
    fetched.length = 0;
    const info = await getInfo(context, "s");
    expect(countFetched(fetched, "s")).toBe(0);
    expect(info).toMatchObject({
      symbol: "s",
      version: 1,
      rows: 3,
      segments: 1,
      rawBytes: 48,
      handler: "frame",
      structure: {
        kind: "frame",
        index: { name: "i", type: "int64", unit: undefined },
        columns: [{ name: "v", type: "int64" }],
      },
      index: { first: 3, last: 7, min: 3, max: 7, sorted: true },
      user: "ann",
      message: "first",
    });
    expect(info.storedBytes).toBeGreaterThan(48);
  });

  test("of an array it tells shape and grid, of other values what there is to tell", async () => {
    const { context } = await openTypedContext();
    const values = new Float32Array(60);
    await write(context, "array", ndarray({ shape: [10, 6], values, grid: [4, 4] }));
    expect(await getInfo(context, "array")).toMatchObject({
      handler: "array",
      structure: { kind: "array", type: "float32", shape: [10, 6], grid: [4, 4] },
      segments: 6,
      rawBytes: 240,
    });
    await write(context, "value", { a: 1 });
    expect(await getInfo(context, "value")).toMatchObject({
      handler: "value",
      structure: { kind: "value" },
      rows: undefined,
      segments: 1,
    });
    await expect(getInfo(context, "none")).rejects.toMatchObject({ code: "no-data-found" });
  });

  test("of a value of a thousand segments it reads no page of them", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 16 });
    await write(context, "s", numbers(Array.from({ length: 5000 }, (_, row) => Math.sqrt(row))));
    fetched.length = 0;
    expect(await getInfo(context, "s")).toMatchObject({ segments: 2500, rows: 5000 });
    expect(fetched).toHaveLength(1);
  });
});
