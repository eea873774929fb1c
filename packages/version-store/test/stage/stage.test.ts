import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { hasSymbol } from "../../src/read/read-metadata.ts";
import { read } from "../../src/read/read.ts";
import { finalize } from "../../src/stage/finalize.ts";
import { stage } from "../../src/stage/stage.ts";
import type { StageToken } from "../../src/stage/stage-token.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { append } from "../../src/write/append.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { withBlobs, withRefs } from "../changed-stores.ts";
import { refKeys } from "../open-test-library.ts";
import {
  countFetched,
  openTypedContext,
  segmentKeys,
  type TypedContext,
} from "../open-typed-context.ts";
import { racingRefs, type RacingRefs } from "../racing-refs.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

let store: ReturnType<typeof openMemoryStore>;
let typed: TypedContext;
let context: LibraryContext;
let races: RacingRefs["races"];

beforeEach(async () => {
  store = openMemoryStore();
  const racing = racingRefs(store.refs);
  races = racing.races;
  typed = await openTypedContext({
    store: { blobs: store.blobs, refs: racing.refs },
    targetBytes: 160,
  });
  ({ context } = typed);
});

/** Rows at these instants, each with a value of its own. */
function rowsAt(at: readonly number[], salt: number): Frame {
  return frame({
    index: { name: "time", unit: "ms", values: BigInt64Array.from(at, BigInt) },
    columns: { value: Float64Array.from(at, (_, row) => salt + row) },
  });
}

describe("staged rows", () => {
  test("are nobody's until they are finalized, and then one version, without a copy", async () => {
    const parts = [series(25, { start: 50 }), series(30), series(15, { start: 30 })];
    const tokens: StageToken[] = [];
    for (const part of parts) tokens.push(await stage(context, "s", part));
    expect(await hasSymbol(context, "s")).toBe(false);
    const before = await segmentKeys(store);
    typed.fetched.length = 0;
    const sent = JSON.parse(JSON.stringify(tokens)) as unknown[];
    const result = await finalize(context, "s", sent, { mode: "write", metadata: "m" });
    expect(result).toMatchObject({ version: 1, rows: 70, newSegments: 0, sharedSegments: 8 });
    expect(countFetched(typed.fetched, "s")).toBe(0);
    expect(await segmentKeys(store)).toEqual(before);
    const { value, metadata, operation } = await read(context, "s");
    expect({ metadata, operation }).toEqual({ metadata: "m", operation: "write" });
    expect(cells(value)).toEqual(joined(series(45), series(25, { start: 50 })));
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("are appended to what is there, in the order of their index", async () => {
    await write(context, "s", series(25), { metadata: "kept" });
    const tokens = [
      await stage(context, "s", series(12, { start: 40 })),
      await stage(context, "s", series(8, { start: 30 })),
    ];
    const result = await finalize(context, "s", tokens, { mode: "append" });
    expect(result).toMatchObject({ version: 2, rows: 45, newSegments: 0 });
    const { value, metadata, operation } = await read(context, "s");
    expect({ metadata, operation }).toEqual({ metadata: "kept", operation: "append" });
    expect(cells(value)).toEqual(
      joined(series(25), series(8, { start: 30 }), series(12, { start: 40 })),
    );
    expect(cells((await read(context, "s", { since: 1 })).value).index).toHaveLength(20);
  });

  test("of arrays follow each other in the order of the tokens", async () => {
    const tokens = [
      await stage(context, "a", numbers([4, 5])),
      await stage(context, "a", numbers([1, 2, 3])),
    ];
    await finalize(context, "a", tokens, { mode: "append" });
    expect(numbersOf((await read(context, "a")).value)).toEqual([4, 5, 1, 2, 3]);
  });

  test("that overlap are refused unless they are to be merged", async () => {
    const tokens = [
      await stage(context, "s", rowsAt([1, 4, 4, 9], 100)),
      await stage(context, "s", rowsAt([4, 5, 20], 200)),
    ];
    const disjoint = finalize(context, "s", tokens, { mode: "write" });
    await expect(disjoint).rejects.toMatchObject({ code: "unsorted-append" });
    expect(await hasSymbol(context, "s")).toBe(false);
    await finalize(context, "s", tokens, { mode: "write", order: "merge" });
    expect(cells((await read(context, "s")).value)).toEqual({
      index: [1, 4, 4, 4, 5, 9, 20],
      values: [100, 101, 102, 200, 201, 103, 202],
    });
  });

  test("are merged row by row only where their blocks overlap", async () => {
    const even = Array.from({ length: 60 }, (_, row) => 2 * row);
    const odd = [41, 43, 55];
    const late = Array.from({ length: 20 }, (_, row) => 118 + row);
    const tokens = [
      await stage(context, "s", rowsAt(late, 3000)),
      await stage(context, "s", rowsAt(even, 1000)),
      await stage(context, "s", rowsAt(odd, 2000)),
      await stage(context, "s", rowsAt([700, 650, 600], 4000)),
    ];
    typed.fetched.length = 0;
    const result = await finalize(context, "s", tokens, { mode: "write", order: "merge" });
    // 40 to 58 with 41 to 55; 100 to 118 with 118 to 127; the one that is not in order.
    expect(countFetched(typed.fetched, "s")).toBe(5);
    expect(result.sharedSegments).toBe(5);
    const index = [...even, ...odd, ...late, 700, 650, 600].toSorted((a, b) => a - b);
    const { value } = await read(context, "s");
    expect(cells(value).index).toEqual(index);
    const equal = cells(value).index.indexOf(118);
    expect(cells(value).values.slice(equal, equal + 2)).toEqual([3000, 1059]);
    const sorted = cells(value).values.slice(-3);
    expect(sorted).toEqual([4002, 4001, 4000]);
  });

  test("can be used once", async () => {
    const token = await stage(context, "s", series(3));
    const other = await stage(context, "s", series(3, { start: 10 }));
    await finalize(context, "s", [token], { mode: "append" });
    for (const tokens of [[token], [other, token]]) {
      await expect(finalize(context, "s", tokens, { mode: "append" })).rejects.toMatchObject({
        code: "transaction-expired",
      });
    }
    await expect(finalize(context, "s", [other, other], { mode: "append" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await finalize(context, "s", [other], { mode: "append" })).toMatchObject({ rows: 6 });
  });

  test("are used once by two who finalize them at the same time", async () => {
    await write(context, "s", series(2));
    const token = await stage(context, "s", series(3, { start: 5 }));
    const rival = (await openTypedContext({ store, seed: 2 })).context;
    const ours = { ...rival, config: context.config };
    // The other one dies between publishing and closing.
    races.push(() => finalizeWithoutClosing(ours, token));
    await expect(finalize(context, "s", [token], { mode: "append" })).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect((await read(context, "s")).rows).toBe(5);
  });

  test("must fit each other and the value", async () => {
    const narrow = await stage(context, "s", series(3));
    const wide = await stage(
      context,
      "s",
      frame({ columns: { a: Int8Array.of(1), b: Int8Array.of(1) } }),
    );
    const mismatch = { code: "schema-mismatch" };
    await expect(finalize(context, "s", [narrow, wide], { mode: "write" })).rejects.toMatchObject(
      mismatch,
    );
    await write(context, "s", numbers([1]));
    await expect(finalize(context, "s", [narrow], { mode: "append" })).rejects.toMatchObject(
      mismatch,
    );
    await write(context, "s", series(3, { start: 100 }));
    await expect(finalize(context, "s", [narrow], { mode: "append" })).rejects.toMatchObject({
      code: "unsorted-append",
    });
    const validateIndex = false;
    await finalize(context, "s", [narrow], { mode: "append", validateIndex });
    expect(cells((await read(context, "s")).value).index).toEqual([100, 101, 102, 0, 1, 2]);
  });

  test("are cut anew for a value whose columns came one after the other", async () => {
    await write(context, "s", frame({ columns: { a: Int32Array.of(1) } }));
    const both = frame({ columns: { a: Int32Array.of(2), b: Int32Array.of(20) } });
    await append(context, "s", both, { schema: "add-columns" });
    const tokens = [await stage(context, "s", both), await stage(context, "s", both)];
    races.push(async () => {
      const rival = (await openTypedContext({ store, seed: 3 })).context;
      await writeMetadata(rival, "s", "m");
    });
    await finalize(context, "s", tokens, { mode: "append" });
    expect(((await read(context, "s")).value as Frame).toRows()).toEqual([
      { a: 1, b: 0 },
      { a: 2, b: 20 },
      { a: 2, b: 20 },
      { a: 2, b: 20 },
    ]);
  });

  test("none at all are no version of their own", async () => {
    const empty = await stage(context, "s", series(0));
    await finalize(context, "s", [empty], { mode: "append" });
    expect(await read(context, "s")).toMatchObject({ version: 1, rows: 0 });
    const more = await stage(context, "s", series(0));
    expect(await finalize(context, "s", [more], { mode: "append" })).toMatchObject({
      version: 1,
      changed: false,
    });
    await expect(finalize(context, "s", [more], { mode: "append" })).rejects.toMatchObject({
      code: "transaction-expired",
    });
  });

  test("need a value to be appended to without upsert", async () => {
    const token = await stage(context, "s", series(3));
    await expect(
      finalize(context, "s", [token], { mode: "append", upsert: false }),
    ).rejects.toMatchObject({ code: "no-data-found" });
    await finalize(context, "s", [token], { mode: "append" });
    expect((await read(context, "s")).rows).toBe(3);
  });
});

/** Publishes staged rows as `finalize` does, and dies. */
async function finalizeWithoutClosing(process: LibraryContext, token: StageToken): Promise<void> {
  const blind = withRefs(process, {
    compareAndSet: (key, ...call) =>
      key === `i/${token.transaction}`
        ? Promise.reject(new Error("died"))
        : process.refs.compareAndSet(key, ...call),
  });
  const result = await finalize(blind, "s", [token], { mode: "append" });
  expect(result.cleanupError).toMatchObject({ message: "died" });
}

describe("staging", () => {
  test.each([0, 1.5, -1, 32 * 24 * 3_600_000])(
    "refuses a lifetime of %d ms",
    async (lifetimeMs) => {
      await expect(stage(context, "s", series(1), { lifetimeMs })).rejects.toMatchObject({
        code: "invalid-argument",
      });
    },
  );

  test("refuses opaque values, wrong names and wrong choices", async () => {
    const wrong = { code: "invalid-argument" };
    await expect(stage(context, "s", { a: 1 })).rejects.toMatchObject(wrong);
    await expect(stage(context, "", series(1))).rejects.toMatchObject(wrong);
    const token = await stage(context, "s", series(1));
    for (const options of [{ mode: "x" }, { mode: "write", order: "x" }]) {
      await expect(finalize(context, "s", [token], options as never)).rejects.toMatchObject(wrong);
    }
    await expect(finalize(context, "s", [], { mode: "write" })).rejects.toMatchObject(wrong);
  });

  test("leaves nothing behind when it fails", async () => {
    const failing = withBlobs(context, {
      putNew: (...call) =>
        call[0].endsWith("2") ? Promise.reject(new Error("full")) : store.blobs.putNew(...call),
    });
    await expect(stage(failing, "s", series(30))).rejects.toThrow("full");
    expect(await segmentKeys(store)).toEqual([]);
    expect(await refKeys(store)).toEqual([]);
  });
});
