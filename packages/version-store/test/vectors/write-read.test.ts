import { toKey } from "@foretile/storage";
import { withFaults } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import { hasSymbol, readMetadata } from "../../src/read/read-metadata.ts";
import { read } from "../../src/read/read.ts";
import { bytesOf } from "../../src/value/element-bytes.ts";
import type { NumericArray } from "../../src/value/element-type.ts";
import { Frame, frame } from "../../src/value/frame.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";
import { listSymbols } from "../../src/version/list-symbols.ts";
import { write } from "../../src/write/write.ts";
import { countFetched, openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, numbers, numbersOf, series } from "../series.ts";

const A = series(30);
const B = series(20, { salt: 7 });

describe("write and read", () => {
  test("vector 1: an equal value is a version of its own and stores no segment", async () => {
    const { context, store } = await openTypedContext();
    const first = await write(context, "s", series(200));
    const before = await segmentKeys(store);
    expect(before).toHaveLength(first.newSegments);
    const second = await write(context, "s", series(200));
    expect([first.version, second.version]).toEqual([1, 2]);
    expect(second).toMatchObject({ newSegments: 0, newBytes: 0, changed: true });
    expect(second.sharedSegments).toBe(first.newSegments);
    expect(await segmentKeys(store)).toEqual(before);
    for (const asOf of [1, 2]) {
      expect(cells((await read(context, "s", { asOf })).value)).toEqual(cells(series(200)));
    }
  });

  test("vectors 2 and 3: a time gives the value that was the newest then", async () => {
    const { context } = await openTypedContext();
    const times = [context.clock.nowMs()];
    for (const value of [A, B, A]) {
      await context.clock.sleep(10);
      const { committedAtMs } = await write(context, "s", value);
      times.push(committedAtMs);
    }
    await expect(read(context, "s", { asOf: { timestamp: times[0] ?? 0 } })).rejects.toMatchObject({
      code: "no-data-found",
    });
    const values = await Promise.all(
      times.slice(1).map((timestamp) => read(context, "s", { asOf: { timestamp } })),
    );
    expect(values.map(({ value }) => cells(value))).toEqual([A, B, A].map(cells));
    expect(values.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  test("vector 4: a number gives its value, and the newest is read by default", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A);
    await write(context, "s", B);
    expect(cells((await read(context, "s", { asOf: 1 })).value)).toEqual(cells(A));
    expect(cells((await read(context, "s")).value)).toEqual(cells(B));
  });

  test("vector 6: metadata comes with the value and alone, without a segment", async () => {
    const { context, fetched } = await openTypedContext();
    const metadata = { key: "value" };
    await write(context, "s", A, { metadata });
    expect((await read(context, "s")).metadata).toEqual(metadata);
    fetched.length = 0;
    expect(await readMetadata(context, "s")).toMatchObject({ metadata, version: 1, rows: 30 });
    expect(countFetched(fetched, "s")).toBe(0);
  });

  test("vector 7: null is a value", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", null);
    expect(await read(context, "s")).toMatchObject({
      value: null,
      metadata: null,
      rows: undefined,
    });
  });

  test("vector 8: a value that grows by writing shares what it had", async () => {
    const { context, store } = await openTypedContext();
    const values = [30, 31, 30, 33, 33].map((rows) => series(rows));
    const added: number[] = [];
    for (const value of values) added.push((await write(context, "s", value)).newSegments);
    expect(added).toEqual([1, 1, 0, 1, 0]);
    expect(await segmentKeys(store)).toHaveLength(3);
    for (const [position, value] of values.entries()) {
      const { value: found } = await read(context, "s", { asOf: position + 1 });
      expect(cells(found)).toEqual(cells(value));
    }
  });

  test("vector 9: of a value that changed at its start and grew, the same chunks are shared", async () => {
    const { context, store } = await openTypedContext();
    const values = Array.from({ length: 1024 }, (_, position) => position / 7);
    expect(await write(context, "s", numbers(values))).toMatchObject({ newSegments: 9 });
    const changed = [
      -1,
      -2,
      -3,
      ...values.slice(3),
      ...Array.from({ length: 10 }, (_, row) => Math.sqrt(row)),
    ];
    expect(await write(context, "s", numbers(changed))).toMatchObject({
      newSegments: 2,
      sharedSegments: 7,
    });
    expect(await segmentKeys(store)).toHaveLength(11);
    expect(numbersOf((await read(context, "s")).value)).toEqual(changed);
    expect(numbersOf((await read(context, "s", { asOf: 1 })).value)).toEqual(values);
  });

  test("vector 10: rows wider than a segment should be come back exactly", async () => {
    const { context } = await openTypedContext({ targetBytes: 64 * 1024 });
    for (const shape of [
      [53, 6020],
      [1, 32_000],
    ]) {
      const length = (shape[0] ?? 0) * (shape[1] ?? 0);
      const values = Float64Array.from({ length }, (_, position) => Math.sin(position));
      await write(context, "s", ndarray({ shape, values }));
      const found = (await read(context, "s")).value as NdArray;
      expect(found.shape).toEqual(shape);
      expect(bytesOf(found.values)).toEqual(bytesOf(values));
    }
  });

  test("vector 11: a column without a name is refused, nothing is published", async () => {
    const { context, store } = await openTypedContext();
    const values = Float64Array.of(1);
    expect(() => frame({ columns: [["", values]] })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }) as Error,
    );
    const nameless = new Frame(0, undefined, []);
    await expect(write(context, "s", nameless)).rejects.toMatchObject({ code: "invalid-argument" });
    expect(await hasSymbol(context, "s")).toBe(false);
    expect(await segmentKeys(store)).toEqual([]);
  });

  test("vector 12: a write that fails after uploads changes nothing and leaves nothing behind", async () => {
    const store = openMemoryStore();
    const faulty = withFaults(store, {
      clock: createInstantClock({ startMs: 0 }),
      random: createSeededRandom(1),
      rules: [
        {
          operations: ["blobs.putNew"],
          keyPrefix: "v/",
          nth: 2,
          fault: { type: "fail", error: () => new Error("no room") },
        },
      ],
    });
    const { context } = await openTypedContext({ store: faulty });
    await write(context, "s", A);
    const before = await segmentKeys(store);
    await expect(write(context, "s", B)).rejects.toThrow("no room");
    expect(cells((await read(context, "s")).value)).toEqual(cells(A));
    await expect(read(context, "s", { asOf: 2 })).rejects.toMatchObject({ code: "no-data-found" });
    expect(await segmentKeys(store)).toEqual(before);
  });

  test("vector 13: symbols of every name are apart", async () => {
    const { context } = await openTypedContext();
    const names = ["a/b", "a-b", "ab", "A/B", "..", "x".repeat(1024), "🎲"];
    for (const [position, name] of names.entries()) await write(context, name, position);
    for (const [position, name] of names.entries()) {
      expect((await read(context, name)).value).toBe(position);
    }
    const listed: (string | undefined)[] = [];
    for await (const batch of listSymbols(context)) listed.push(...batch.map((one) => one.symbol));
    expect(listed).toHaveLength(names.length);
    expect(new Set(listed)).toEqual(new Set(names));
    for (const name of ["", "\ud800", "x".repeat(1025)]) {
      await expect(write(context, name, 1)).rejects.toMatchObject({ code: "invalid-argument" });
      await expect(read(context, name)).rejects.toMatchObject({ code: "invalid-argument" });
    }
  });

  test("vector 14: the bits of floats come back", async () => {
    const { context } = await openTypedContext();
    const bits = Uint32Array.of(0x7fc0_0001, 0xffa0_1234, 0x8000_0000, 0x7f80_0000, 0xff80_0000, 1);
    const values = new Float32Array(bits.buffer, 0, bits.length);
    await write(context, "array", ndarray({ shape: [bits.length], values }));
    await write(context, "frame", frame({ columns: { v: values } }));
    const fromArray = ((await read(context, "array")).value as NdArray).values;
    const fromFrame = ((await read(context, "frame")).value as Frame).column("v").values;
    for (const found of [fromArray, fromFrame as NumericArray]) {
      expect(bytesOf(found)).toEqual(bytesOf(bits));
    }
  });

  test("vector 15: equal bytes of another type share nothing and are read as their own type", async () => {
    const { context } = await openTypedContext();
    const bits = Int32Array.of(0x3f80_0000, 0x4000_0000);
    const floats = new Float32Array(bits.buffer, 0, bits.length);
    await write(context, "s", ndarray({ shape: [2], values: bits }));
    const second = await write(context, "s", ndarray({ shape: [2], values: floats }));
    expect(second).toMatchObject({ newSegments: 1, sharedSegments: 0 });
    expect((await read(context, "s", { asOf: 1 })).value).toMatchObject({ type: "int32" });
    const { value } = await read(context, "s");
    expect(value).toMatchObject({ type: "float32", values: Float32Array.of(1, 2) });
  });

  test("vector 16: an equal value with equal metadata is skipped when that is wanted", async () => {
    const { context, store } = await openTypedContext();
    await write(context, "s", A, { metadata: { a: 1 } });
    const before = await segmentKeys(store);
    const skipped = await write(context, "s", series(30), {
      metadata: { a: 1 },
      skipUnchanged: true,
    });
    expect(skipped).toMatchObject({ version: 1, changed: false, newSegments: 0, newBytes: 0 });
    expect(await segmentKeys(store)).toEqual(before);
  });

  test("vector 17: a difference in the ninth digit is a difference", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", numbers([1.234_567_89]));
    const options = { skipUnchanged: true };
    expect(await write(context, "s", numbers([1.234_567_88]), options)).toMatchObject({
      version: 2,
      changed: true,
    });
    expect(await write(context, "s", numbers([0]), options)).toMatchObject({ version: 3 });
    expect(await write(context, "s", numbers([-0]), options)).toMatchObject({ version: 4 });
  });

  test("vector 18: what a reader changes is his own", async () => {
    const { context } = await openTypedContext();
    await write(context, "array", numbers([1, 2]));
    await write(context, "value", { list: [1], bytes: Uint8Array.of(1) });
    const array = (await read(context, "array")).value as NdArray;
    array.values.fill(9 as never);
    const value = (await read(context, "value")).value as { bytes: Uint8Array };
    value.bytes.fill(9);
    expect(numbersOf((await read(context, "array")).value)).toEqual([1, 2]);
    expect((await read(context, "value")).value).toEqual({ list: [1], bytes: Uint8Array.of(1) });
  });

  test("vector 18a: metadata of the user's says nothing about the symbol", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A, { metadata: { deleted: true } });
    expect(await hasSymbol(context, "s")).toBe(true);
    expect(await read(context, "s")).toMatchObject({ metadata: { deleted: true } });
  });

  test("a value is read with the head, its version and its segments, nothing else", async () => {
    const { context, counter, fetched } = await openTypedContext();
    await write(context, "s", numbers([1]));
    counter.reset();
    fetched.length = 0;
    await read(context, "s");
    expect(counter.totals().get("refs.read")?.calls).toBe(1);
    expect(counter.totals().get("blobs.get")?.calls).toBe(2);
    expect([...counter.totals().keys()].toSorted()).toEqual(["blobs.get", "refs.read"]);
    expect(fetched.map((key) => toKey(key).slice(0, 1))).toEqual(["v", "s"]);
  });
});
