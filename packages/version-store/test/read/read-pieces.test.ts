import { toKey } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { readPieces, type ReadPiece } from "../../src/read/read-pieces.ts";
import { head, read, tail } from "../../src/read/read.ts";
import { prune } from "../../src/retention/prune.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { bytesOf } from "../../src/value/element-bytes.ts";
import type { NdArray } from "../../src/value/nd-array.ts";
import { write } from "../../src/write/write.ts";
import { append } from "../../src/write/append.ts";
import { withBlobs, withRefs } from "../changed-stores.ts";
import { countFetched, openTypedContext } from "../open-typed-context.ts";
import { cells, numbers, series } from "../series.ts";

const mebibyte = 1024 * 1024;

describe("reading in pieces", () => {
  test("gives every row once, in bounded memory and a few blocks ahead", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: mebibyte });
    const rows = 40 * (mebibyte / 8);
    const values = Float64Array.from({ length: rows }, (_, row) => row);
    await write(context, "s", numbers(values));
    fetched.length = 0;
    let row = 0;
    let most = 0;
    for await (const { value, firstRow, rows: total } of readPieces(context, "s")) {
      const piece = value as NdArray<Float64Array>;
      expect([firstRow, total]).toEqual([row, rows]);
      const wanted = bytesOf(values, row, row + piece.rows);
      expect(Buffer.compare(bytesOf(piece.values), wanted)).toBe(0);
      row += piece.rows;
      most = Math.max(most, countFetched(fetched, "s") - row / (mebibyte / 8));
    }
    expect(row).toBe(rows);
    expect(most).toBeLessThanOrEqual(17);
  });

  test("puts small blocks together", async () => {
    const { context } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(95));
    const pieces: ReadPiece[] = [];
    for await (const piece of readPieces(context, "s", { dateRange: { from: 7, to: 80 } })) {
      pieces.push(piece);
    }
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toMatchObject({ firstRow: 7, rows: 95, version: 1 });
    expect(cells(pieces[0]?.value).index).toHaveLength(74);
  });

  test("gives no piece when nothing is wanted, and refuses what read refuses", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", series(5));
    const pieces: ReadPiece[] = [];
    for await (const piece of readPieces(context, "s", { rowRange: { from: 5 } }))
      pieces.push(piece);
    expect(pieces).toEqual([]);
    await expect(readPieces(context, "s", { columns: ["x"] }).next()).rejects.toMatchObject({
      code: "no-such-column",
    });
  });

  test("fetches nothing more when the caller stops", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: mebibyte });
    await write(context, "s", numbers(new Float64Array(60 * (mebibyte / 8))));
    fetched.length = 0;
    for await (const _ of readPieces(context, "s")) break;
    const fetches = countFetched(fetched, "s");
    expect(fetches).toBeLessThan(40);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(countFetched(fetched, "s")).toBe(fetches);
  });
});

describe("a caller who stops", () => {
  test("ends the fetches that are under way", async () => {
    const { context } = await openTypedContext({ targetBytes: mebibyte });
    await write(context, "s", numbers(new Float64Array(30 * (mebibyte / 8))));
    let fetches = 0;
    let ended = 0;
    const waiting = withBlobs(context, {
      get: (key, options) => {
        fetches += key.startsWith("s/") ? 1 : 0;
        if (fetches < 3) return context.blobs.get(key, options);
        return new Promise((_resolve, reject) => {
          options?.signal?.addEventListener("abort", () => {
            ended += 1;
            reject(new Error("aborted"));
          });
        });
      },
    });
    for await (const _ of readPieces(waiting, "s")) break;
    expect(fetches).toBeGreaterThan(10);
    expect(ended).toBe(fetches - 2);
  });
});

describe("head and tail", () => {
  test("fetch only what they need", async () => {
    const { context, fetched } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(95));
    await append(context, "s", series(2, { start: 95 }));
    for (const [rows, fromHead, fromTail, fetches] of [
      [0, [], [], 0],
      [2, [0, 1], [95, 96], 1],
      [500, series(97), series(97), 11],
    ] as const) {
      const expected = [fromHead, fromTail].map((list) =>
        "rows" in list ? cells(list).index : list,
      );
      for (const [position, part] of [head, tail].entries()) {
        fetched.length = 0;
        expect(cells((await part(context, "s", rows)).value).index).toEqual(expected[position]);
        expect(countFetched(fetched, "s")).toBeLessThanOrEqual(fetches);
      }
    }
    await expect(tail(context, "s", -1)).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(head(context, "s", 1.5)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("a version that goes while it is read", () => {
  test("is told apart from damage", async () => {
    const store = openMemoryStore();
    const { context } = await openTypedContext({ store, targetBytes: 160 });
    await write(context, "s", series(95));
    await write(context, "s", series(3, { salt: 1 }));
    const pieces = readPieces(context, "s", { asOf: 1 });
    await prune(context, "s", { keepLast: 1 });
    await expect(pieces.next()).rejects.toMatchObject({ code: "no-data-found" });
    await write(context, "t", series(20));
    const without = withBlobs(context, {
      get: (key, options) =>
        key.startsWith("s/") ? Promise.resolve(undefined) : store.blobs.get(key, options),
    });
    await expect(read(without, "t")).rejects.toMatchObject({ code: "data-integrity" });
    // The head that the version is resolved from is the one before the prune.
    let reads = 0;
    const stale = await store.refs.read(toKey("h/t"));
    const late = withRefs(without, {
      read: (...call) => {
        reads += 1;
        return reads === 1 ? Promise.resolve(stale) : store.refs.read(...call);
      },
    });
    await write(context, "t", series(3));
    await prune(context, "t", { keepLast: 1 });
    await expect(read(late, "t")).rejects.toMatchObject({
      code: "version-expired",
      details: { symbol: "t", version: 1 },
    });
  });

  test("is told also when a snapshot of the same name pins another one by then", async () => {
    const store = openMemoryStore();
    const { context } = await openTypedContext({ store, targetBytes: 160 });
    await write(context, "s", series(20));
    await createSnapshot(context, "snap");
    const stale = await store.refs.read(toKey("n/snap"));
    await deleteSnapshot(context, "snap");
    await write(context, "s", series(3));
    await createSnapshot(context, "snap");
    let reads = 0;
    const without = withBlobs(context, {
      get: (key, options) =>
        key.startsWith("s/") ? Promise.resolve(undefined) : store.blobs.get(key, options),
    });
    const late = withRefs(without, {
      read: (...call) => {
        reads += 1;
        return reads === 1 ? Promise.resolve(stale) : store.refs.read(...call);
      },
    });
    await expect(read(late, "s", { asOf: "snap" })).rejects.toMatchObject({
      code: "version-expired",
      details: { version: 1 },
    });
    await expect(read(without, "s", { asOf: "snap" })).rejects.toMatchObject({
      code: "data-integrity",
    });
  });

  test("stays readable by a snapshot that pins it", async () => {
    const store = openMemoryStore();
    const { context } = await openTypedContext({ store, targetBytes: 160 });
    await write(context, "s", series(95));
    await createSnapshot(context, "snap");
    await write(context, "s", series(3));
    await prune(context, "s", { keepLast: 1 });
    await context.clock.sleep(context.config.times.graceMs * 2);
    await collect(context, { force: true });
    expect(cells((await read(context, "s", { asOf: "snap" })).value)).toEqual(cells(series(95)));
    await deleteSnapshot(context, "snap");
    await context.clock.sleep(context.config.times.graceMs * 2);
    await collect(context, { force: true });
    await expect(read(context, "s", { asOf: "snap" })).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });
});
