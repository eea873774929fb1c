import { createDocumentCodec, type DocumentValue } from "@foretile/codecs/msgpack";
import { isStorageError, toKey, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom, dumpStore } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createLibrary,
  frame,
  isVersionStoreError,
  MAX_NAME_BYTES,
  ndarray,
  openLibrary,
  type AppendOptions,
  type AsOf,
  type Library,
  type ReadOptions,
  type VersionStoreErrorCode,
} from "../src/index.ts";
import { harmBlob, harmRef, harms } from "./collect/damaged-store.ts";
import { blobKeys, refKeysFrom } from "./collect/store-contents.ts";
import { START_MS } from "./open-test-context.ts";
import { cells, series } from "./series.ts";
import { itemsOf } from "./text-versions.ts";

let store: Store;
let library: Library;

/** A frame of several segments in two versions, an array, an opaque value, and a snapshot of them. */
beforeEach(async () => {
  store = openMemoryStore();
  library = await createLibrary({
    store,
    clock: createInstantClock({ startMs: START_MS }),
    random: createSeededRandom(1),
    composition: { custom: { targetBytes: 1000, codecs: [] }, unsafe: true },
  });
  await library.write("s", series(300), { metadata: { note: 1 } });
  await library.append("s", series(100, { start: 300 }));
  await library.write("array", ndarray({ shape: [4, 3], values: new Float32Array(12) }));
  await library.write("opaque", { some: "value" });
  await library.snapshot("snap");
});

/** The code of what a call is refused with, when that is told well and the store is as it was, to the last byte. */
async function refusalOf(call: () => Promise<unknown>): Promise<string> {
  const before = await dumpStore(store);
  const error = await call().then(
    () => "it was done",
    (reason: unknown) => reason,
  );
  expect(await dumpStore(store)).toEqual(before);
  if (!isVersionStoreError(error)) return String(error);
  expect(error.message).toMatch(/^[a-z].{15,}/);
  return error.code;
}

/** What only a caller without types can hand in. */
const untyped = (value: unknown): never => value as never;

const nested = (depth: number): DocumentValue => {
  let value: DocumentValue = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

/** Pieces in batches. */
async function* piecesOf(options: ReadOptions): AsyncGenerator<readonly unknown[]> {
  for await (const piece of library.readPieces("s", options)) yield [piece];
}

/** Every version, by every way to it. */
async function failuresOfReading(): Promise<unknown[]> {
  const results = await Promise.allSettled([
    ...["s", "array", "opaque"].map((symbol) => library.read(symbol)),
    library.read("s", { asOf: 1 }),
    library.read("s", { asOf: "snap" }),
  ]);
  return results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
}

describe("names", () => {
  const odd = [
    "/",
    "a/b",
    "//a//",
    "..",
    "%2F",
    " ",
    "\0",
    "a\0b",
    "\u{10ffff}",
    "\u0301e",
    "日本",
    "🙂",
    "x".repeat(MAX_NAME_BYTES),
    "é".repeat(MAX_NAME_BYTES / 2),
    `${"x".repeat(MAX_NAME_BYTES - 1)}y`,
  ];

  test("of any text are apart, for symbols and for snapshots", async () => {
    for (const [position, name] of odd.entries()) {
      await library.write(name, position);
      await library.snapshot(name, { prefix: name });
    }
    const symbols = (await itemsOf(library.listSymbols())).map(({ symbol }) => symbol);
    expect(symbols).toHaveLength(odd.length + 3);
    expect(symbols).toEqual(expect.arrayContaining(odd));
    for (const [position, name] of odd.entries()) {
      expect((await library.read(name)).value).toBe(position);
      expect((await library.read(name, { asOf: { snapshot: name } })).value).toBe(position);
      const prefixed = await itemsOf(library.listSymbols({ prefix: name }));
      expect(prefixed.map(({ symbol }) => symbol)).toContain(name);
    }
    expect(await library.fsck({ level: 2 })).toMatchObject({ healthy: true });
  });

  test.each<[string, unknown]>([
    ["without a character", ""],
    ["with half a character", "\ud800"],
    ["of more than 1 KB", "x".repeat(MAX_NAME_BYTES + 1)],
    ["of fewer characters and more than 1 KB", "é".repeat(MAX_NAME_BYTES / 2 + 1)],
    ["that are numbers", 42],
    ["that are null", null],
  ])("%s are refused", async (_, given) => {
    const name: string = untyped(given);
    for (const call of [
      () => library.write(name, 1),
      () => library.append(name, series(1)),
      () => library.update(name, series(1)),
      () => library.writeMetadata(name, 1),
      () => library.restoreVersion(name, 1),
      () => library.stage(name, series(1)),
      () => library.begin(name),
      () => library.read(name),
      () => library.getInfo(name),
      () => library.hasSymbol(name),
      () => library.wasCommitted(name, "x"),
      () => itemsOf(library.listVersions(name)),
      () => library.delete(name),
      () => library.undelete(name),
      () => library.deleteVersion(name, 1),
      () => library.prune(name, { keepLast: 1 }),
      () => library.snapshot(name),
      () => library.snapshot("new", { skipSymbols: [name] }),
      () => library.deleteSnapshot(name),
      () => library.read("s", { asOf: { snapshot: name } }),
      () => library.collect({ symbols: [name], dryRun: true }),
      () => library.audit({ symbols: [name] }),
      () => library.fsck({ symbols: [name] }),
    ]) {
      expect(await refusalOf(call)).toBe("invalid-argument");
    }
  });

  test.each(["\ud800", 42, null])("cannot begin with %j", async (given) => {
    const prefix: string = untyped(given);
    await library.snapshot("gone");
    await library.deleteSnapshot("gone");
    expect(await refusalOf(() => itemsOf(library.listSymbols({ prefix })))).toBe(
      "invalid-argument",
    );
    expect(await refusalOf(() => library.snapshot("gone", { prefix }))).toBe("invalid-argument");
    expect(await refusalOf(() => library.audit({ prefix }))).toBe("invalid-argument");
  });
});

describe("metadata", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  test.each<[string, unknown]>([
    ["a cycle", cycle],
    ["a function", () => 1],
    ["a function inside", { call: () => 1 }],
    ["undefined inside", { nothing: undefined }],
    ["a hole", Array.from({ length: 3 }).fill(1, 0, 2)],
    ["a symbol", Symbol("x")],
    ["a date", new Date(0)],
    ["a map", new Map([["a", 1]])],
    ["a typed array", new Float64Array(1)],
    ["an integer of 71 bits", 2n ** 70n],
    ["half a character", "\ud800"],
    ["a name of half a character", { "\ud800": 1 }],
    ["too many levels", nested(1000)],
    ["so many levels that a stack overflows", nested(100_000)],
    [
      "something that throws",
      {
        get boom() {
          throw new Error("boom");
        },
      },
    ],
    ["1 MB and a little more", "x".repeat(1024 * 1024)],
  ])("with %s are refused", async (_, given) => {
    const metadata: DocumentValue = untyped(given);
    for (const call of [
      () => library.write("s", 1, { metadata }),
      () => library.append("s", series(1, { start: 400 }), { metadata }),
      () => library.update("s", series(1), { metadata }),
      () => library.deleteRange("s", { to: 3 }, { metadata }),
      () => library.writeMetadata("s", metadata),
      () => library.snapshot("new", { metadata }),
    ]) {
      expect(await refusalOf(call)).toBe("invalid-argument");
    }
  });

  test("just below the limit are kept", async () => {
    const metadata = "x".repeat(1024 * 1024 - 5);
    await library.writeMetadata("s", metadata);
    expect((await library.readMetadata("s")).metadata).toBe(metadata);
  });

  test.each<[string, unknown]>([
    ["user", "x".repeat(129)],
    ["user", 5],
    ["message", "x".repeat(513)],
    ["message", "\ud800"],
  ])("%s %j is refused", async (name, given) => {
    expect(await refusalOf(() => library.write("s", 1, { [name]: given }))).toBe(
      "invalid-argument",
    );
  });
});

describe("ranges", () => {
  test.each<[string, unknown, VersionStoreErrorCode]>([
    ["a reversed index range", { dateRange: { from: 5, to: 3 } }, "invalid-range"],
    ["a bound that is no number", { dateRange: { from: Number.NaN } }, "invalid-argument"],
    ["a bound that is no date", { dateRange: { to: new Date(Number.NaN) } }, "invalid-argument"],
    ["a text as bound", { dateRange: { from: "2017" } }, "invalid-argument"],
    ["unknown ends", { dateRange: { closed: "some" } }, "invalid-argument"],
    ["an index range that is a number", { dateRange: 5 }, "invalid-argument"],
    ["an index range that is null", { dateRange: null }, "invalid-argument"],
    ["reversed rows", { rowRange: { from: 5, to: 3 } }, "invalid-range"],
    ["rows reversed from the end", { rowRange: { from: -3, to: -5 } }, "invalid-range"],
    ["half a row", { rowRange: { from: 1.5 } }, "invalid-range"],
    ["rows that are a number", { rowRange: 5 }, "invalid-argument"],
    ["rows that are null", { rowRange: null }, "invalid-argument"],
    ["a column that is not there", { columns: ["other"] }, "no-such-column"],
    ["a column twice", { columns: ["value", "value"] }, "invalid-argument"],
    ["columns that are a text", { columns: "value" }, "invalid-argument"],
    ["members of a frame", { members: [0] }, "invalid-argument"],
    ["rows since a later version", { since: 99 }, "invalid-range"],
  ])("%s cannot be read", async (_, options, code) => {
    const given: ReadOptions = untyped(options);
    expect(await refusalOf(() => library.read("s", given))).toBe(code);
    expect(await refusalOf(() => itemsOf(piecesOf(given)))).toBe(code);
  });

  test.each<[string, unknown, VersionStoreErrorCode]>([
    ["a member that is not there", { members: [3] }, "invalid-range"],
    ["members that are an object", { members: { from: 0 } }, "invalid-argument"],
    ["columns", { columns: ["a"] }, "invalid-argument"],
    ["a range of an index", { dateRange: { from: 1 } }, "invalid-argument"],
  ])("%s cannot be read of an array", async (_, options, code) => {
    expect(await refusalOf(() => library.read("array", untyped(options)))).toBe(code);
  });

  test("of an opaque value cannot be read", async () => {
    for (const options of [{ rowRange: {} }, { dateRange: {} }, { columns: [] }, { members: [] }]) {
      expect(await refusalOf(() => library.read("opaque", options))).toBe("invalid-argument");
    }
  });

  test("outside the value are empty, with its schema", async () => {
    for (const options of [
      { dateRange: { from: 400 } },
      { dateRange: { to: -1 } },
      { rowRange: { from: 400, to: 1e9 } },
      { rowRange: { from: Number.POSITIVE_INFINITY } },
    ]) {
      const { value } = await library.read("s", options);
      expect(cells(value)).toEqual(cells(series(0)));
    }
  });

  test("reversed or outside are not replaced", async () => {
    const rows = series(3);
    for (const call of [
      () => library.update("s", rows, { range: { from: 5, to: 3 } }),
      () => library.update("s", rows, { range: { from: 100, to: 200 } }),
      () => library.update("s", rows, { range: { rows: { from: 500, to: 600 } } }),
      () => library.deleteRange("s", { from: 5, to: 3 }),
      () => library.deleteRange("s", { rows: { from: 5, to: 3 } }),
    ]) {
      expect(await refusalOf(call)).toBe("invalid-range");
    }
  });
});

describe("versions", () => {
  test.each<[unknown, VersionStoreErrorCode]>([
    [0, "invalid-argument"],
    [1.5, "invalid-argument"],
    [Number.NaN, "invalid-argument"],
    [null, "invalid-argument"],
    [{}, "invalid-argument"],
    [{ timestamp: "yesterday" }, "invalid-argument"],
    [99, "no-data-found"],
    [-99, "no-data-found"],
    [{ timestamp: 0 }, "no-data-found"],
    [{ commitId: "none" }, "no-data-found"],
    ["none", "no-such-snapshot"],
  ])("%j is no version to read or to restore", async (given, code) => {
    const asOf: AsOf = untyped(given);
    expect(await refusalOf(() => library.read("s", { asOf }))).toBe(code);
    expect(await refusalOf(() => library.restoreVersion("s", asOf))).toBe(code);
  });

  test("that are expected and not the newest refuse every change", async () => {
    for (const [expectedVersion, code] of [
      [1, "concurrent-modification"],
      [3, "concurrent-modification"],
      [0, "concurrent-modification"],
      [-1, "invalid-argument"],
      [1.5, "invalid-argument"],
      [untyped("2"), "invalid-argument"],
    ] as const) {
      const options = { expectedVersion };
      for (const call of [
        () => library.write("s", 1, options),
        () => library.append("s", series(1, { start: 400 }), options),
        () => library.update("s", series(1), options),
        () => library.writeMetadata("s", 1, options),
        () => library.restoreVersion("s", 1, options),
        () => library.delete("s", options),
      ]) {
        expect(await refusalOf(call)).toBe(code);
      }
    }
    expect(await library.write("s", 1, { expectedVersion: 2 })).toMatchObject({ version: 3 });
  });

  test("that are needed or not there are not deleted", async () => {
    expect(await refusalOf(() => library.deleteVersion("s", 99))).toBe("no-data-found");
    expect(await refusalOf(() => library.deleteVersion("s", 2, { allowLatest: true }))).toBe(
      "version-pinned",
    );
    expect(await refusalOf(() => library.delete("none"))).toBe("no-data-found");
    expect(await refusalOf(() => library.undelete("s"))).toBe("no-data-found");
    expect(await refusalOf(() => library.deleteSnapshot("none"))).toBe("no-such-snapshot");
    expect(await refusalOf(() => library.snapshot("snap"))).toBe("duplicate-snapshot");
    expect(await refusalOf(() => library.snapshot("new", { versions: { s: 9 } }))).toBe(
      "no-data-found",
    );
    expect(await refusalOf(() => library.prune("s", {}))).toBe("invalid-argument");
    expect(await refusalOf(() => library.prune("s", untyped({ keepLats: 3 })))).toBe(
      "invalid-argument",
    );
  });
});

describe("rows that do not fit", () => {
  const later = series(1, { start: 400 });
  const index = { name: "time", unit: "ms", values: BigInt64Array.of(400n) } as const;
  const wide = frame({ index, columns: { value: Float64Array.of(1), more: [true] } });

  test.each<[string, string, unknown, AppendOptions, VersionStoreErrorCode]>([
    ["rows before the last", "s", series(3), {}, "unsorted-append"],
    ["another column", "s", wide, {}, "schema-mismatch"],
    ["no column", "s", frame({ index, columns: {} }), { schema: "add-columns" }, "schema-mismatch"],
    [
      "another type",
      "s",
      frame({ index, columns: { value: ["text"] } }),
      { schema: "promote" },
      "schema-mismatch",
    ],
    [
      "another unit",
      "s",
      frame({ index: { ...index, unit: "s" }, columns: { value: Float64Array.of(1) } }),
      {},
      "schema-mismatch",
    ],
    ["no index", "s", frame({ columns: { value: Float64Array.of(1) } }), {}, "schema-mismatch"],
    ["an array", "s", ndarray({ shape: [1], values: new Float64Array(1) }), {}, "schema-mismatch"],
    [
      "another shape",
      "array",
      ndarray({ shape: [1, 4], values: new Float32Array(4) }),
      {},
      "schema-mismatch",
    ],
    ["rows after an opaque value", "opaque", later, {}, "schema-mismatch"],
    ["an opaque value", "s", { a: 1 }, {}, "invalid-argument"],
    ["an unknown policy", "s", later, untyped({ schema: "any" }), "invalid-argument"],
    ["rows after nothing", "none", later, { upsert: false }, "no-data-found"],
  ])("%s are not appended", async (_, symbol, value, options, code) => {
    expect(await refusalOf(() => library.append(symbol, value, options))).toBe(code);
  });
});

describe("what is stored, missing or damaged", () => {
  const advice =
    /; (write the value again, or restore another version|upgrade [^ ]+) key=|^snapshot page .* key=/;

  test.each(harms)("and %s, is told, and nothing else is lost", async (harm) => {
    const sound = await dumpStore(store);
    for (const key of await blobKeys(store)) {
      const putBack = await harmBlob(store, key, harm);
      const before = await dumpStore(store);
      const failures = await failuresOfReading();
      expect([key, failures.length]).not.toEqual([key, 0]);
      for (const error of failures) {
        expect(isVersionStoreError(error, "data-integrity", "format-too-new")).toBe(true);
        expect(error).toMatchObject({ message: expect.stringContaining(key) as string });
        expect(error).toMatchObject({ message: expect.stringMatching(advice) as string });
      }
      expect(await dumpStore(store)).toEqual(before);
      await putBack();
    }
    expect(await dumpStore(store)).toEqual(sound);
    expect(await failuresOfReading()).toEqual([]);
  });

  test.each(["truncated", "flipped"] as const)("a %s head is told", async (harm) => {
    for (const key of await refKeysFrom(store, "h/")) await harmRef(store, key, harm);
    const before = await dumpStore(store);
    for (const call of [
      () => library.read("s"),
      () => library.write("s", 1),
      () => library.append("s", series(1, { start: 400 })),
      () => library.delete("s"),
      () => library.snapshot("new"),
      () => library.collect({ force: true }),
    ]) {
      expect(await refusalOf(call)).toBe("data-integrity");
    }
    await expect(library.read("s")).rejects.toMatchObject({
      message: "head is damaged; repair rebuilds the head from its versions key=h/s",
    });
    // What a snapshot pins is read without the head.
    expect(cells((await library.read("s", { asOf: "snap" })).value)).toEqual(cells(series(400)));
    expect(await dumpStore(store)).toEqual(before);
  });

  test("of a newer format is neither read nor replaced nor collected", async () => {
    const documents = await createDocumentCodec();
    const head = await store.refs.read(toKey("h/s"));
    const newer = documents.seal("HEAD", 2, { anything: true });
    await store.refs.compareAndSet(toKey("h/s"), head?.token, newer);
    for (const call of [
      () => library.read("s"),
      () => library.write("s", 1),
      () => library.delete("s"),
      () => library.collect({ force: true }),
    ]) {
      expect(await refusalOf(call)).toBe("format-too-new");
    }
  });
});

describe("a library", () => {
  test("of a newer format is not opened, and stays", async () => {
    const documents = await createDocumentCodec();
    const config = await store.refs.read(toKey("config"));
    const newer = documents.seal("LIBC", 3, { anything: true });
    await store.refs.compareAndSet(toKey("config"), config?.token, newer);
    expect(await refusalOf(() => openLibrary({ store }))).toBe("format-too-new");
    expect(await refusalOf(() => openLibrary({ store, readOnly: true }))).toBe("format-too-new");
    expect(await refusalOf(() => createLibrary({ store }))).toBe("library-exists");
  });

  test("is made once by two who make it at the same time", async () => {
    store = openMemoryStore();
    const made = await Promise.allSettled([createLibrary({ store }), createLibrary({ store })]);
    const [winner] = made.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const [loser] = made.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(loser).toMatchObject({ code: "library-exists" });
    expect((await openLibrary({ store })).config).toEqual(winner?.config);
  });

  test("is not where there is none, and a closed store says so", async () => {
    expect(await refusalOf(() => openLibrary({ store: openMemoryStore() }))).toBe("not-a-library");
    await store.close();
    for (const call of [() => library.read("s"), () => library.write("s", 1)]) {
      await expect(call()).rejects.toSatisfy((error) => isStorageError(error, "closed"));
    }
  });
});

test.each([-1, 3, 1.5, "2"])("fsck refuses the level %j", async (level) => {
  await expect(library.fsck({ level: level as 0 })).rejects.toMatchObject({
    code: "invalid-argument",
  });
});
