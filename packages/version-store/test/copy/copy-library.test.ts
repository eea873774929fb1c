import { systemClock } from "@foretile/resilience/system";
import { StorageError } from "@foretile/storage";
import { createCallCounter, withFaults, withObserver } from "@foretile/storage/layers";
import { createSeededRandom, dumpStore } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import type { CopyProgress } from "../../src/index.ts";
import {
  fill,
  historyOf,
  newLibrary,
  openAgain,
  rowsFrom,
  segmentsIn,
  writeParts,
} from "./copied-library.ts";

describe("a copy of all versions", () => {
  test("has every version under its number, with all that was said about it", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    const report = await target.library.copyFrom(source.library, { versions: "all" });
    expect(report).toMatchObject({
      dryRun: false,
      symbols: { found: 2, copied: 2 },
      versions: { copied: 8, present: 0 },
      unverifiedSegments: 0,
      problemCount: 0,
    });
    for (const symbol of ["frame", "value"]) {
      expect(await historyOf(target.library, symbol)).toEqual(
        await historyOf(source.library, symbol),
      );
    }
    expect(await target.library.fsck({ level: 2 })).toMatchObject({ findings: [] });
  });

  test("shares what was shared", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    const { segments } = await target.library.copyFrom(source.library, { versions: "all" });
    const stored = await segmentsIn(target.store);
    expect(stored).toEqual(await segmentsIn(source.store));
    expect(segments.blobs).toBe(stored.length);
  });

  test("does not change the source", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    const before = await dumpStore(source.store);
    const readOnly = await openAgain(source.store, 3, true);
    await target.library.copyFrom(readOnly, { versions: "all", snapshots: true, verify: true });
    expect(await dumpStore(source.store)).toEqual(before);
  });

  test("copies nothing the second time", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    await target.library.copyFrom(source.library, { versions: "all" });
    const before = await dumpStore(target.store);
    const again = await target.library.copyFrom(source.library, { versions: "all" });
    expect(again).toMatchObject({
      symbols: { found: 2, copied: 0 },
      versions: { copied: 0, present: 8 },
      segments: { blobs: 0, bytes: 0 },
    });
    expect(await dumpStore(target.store)).toEqual(before);
  });

  test("goes on where the source went on, and shares with what was copied before", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    await target.library.copyFrom(source.library, { versions: "all" });
    await source.library.append("frame", rowsFrom(6));
    await source.library.restoreVersion("frame", 5);
    const { versions } = await target.library.copyFrom(source.library, { versions: "all" });
    expect(versions).toMatchObject({ copied: 2, present: 8 });
    expect(await historyOf(target.library, "frame")).toEqual(
      await historyOf(source.library, "frame"),
    );
    expect(await segmentsIn(target.store)).toEqual(await segmentsIn(source.store));
    expect(await target.library.fsck({ level: 2 })).toMatchObject({ findings: [] });
  });

  test("shares with what an earlier copy made", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await writeParts(source.library, "parts", ["a", "b"]);
    await target.library.copyFrom(source.library);
    await writeParts(source.library, "parts", ["b", "c", "a"]);
    const { segments } = await target.library.copyFrom(source.library);
    expect(segments).toEqual({ blobs: 1, bytes: 1 });
    const { manifest } = await target.library.resolve("parts");
    const texts = await Promise.all(
      manifest.segments.map(async (entry) => Buffer.from(await target.library.readSegment(entry))),
    );
    expect(texts.map(String)).toEqual(["b", "c", "a"]);
  });

  test("of a long history answers by number, time and commit as the source does", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    for (let number = 1; number <= 150; number += 1) await source.library.write("long", number);
    await source.library.deleteVersion("long", 70);
    await target.library.copyFrom(source.library, { versions: "all" });
    const history = await historyOf(source.library, "long");
    expect(history).toHaveLength(149);
    expect(await historyOf(target.library, "long")).toEqual(history);
    const sample = history.filter((_, index) => index % 12 === 0);
    for (const { commitId, committedAtMs, value } of sample as {
      commitId: string;
      committedAtMs: number;
      value: number;
    }[]) {
      for (const asOf of [{ commitId }, { timestamp: committedAtMs }]) {
        expect((await target.library.read("long", { asOf })).value).toBe(value);
      }
    }
    await expect(target.library.read("long", { asOf: 70 })).rejects.toMatchObject({
      code: "no-data-found",
    });
  });
});

test.each([
  ["segments", "packs"],
  ["packs", "segments"],
  ["packs", "packs"],
] as const)("segments of %s are placed as %s where they come to", async (there, here) => {
  const source = await newLibrary(1, { composition: { placement: there } });
  const target = await newLibrary(2, { composition: { placement: here } });
  await fill(source.library);
  await writeParts(source.library, "parts", ["a", "b"]);
  await writeParts(source.library, "parts", ["b", "c", "a"]);
  const report = await target.library.copyFrom(source.library, { versions: "all", verify: true });
  expect(report).toMatchObject({ problemCount: 0, versions: { copied: 10, verified: 10 } });
  for (const symbol of ["frame", "value"]) {
    expect(await historyOf(target.library, symbol)).toEqual(
      await historyOf(source.library, symbol),
    );
  }
  const { manifest } = await target.library.resolve("parts");
  const texts = await Promise.all(
    manifest.segments.map(async (entry) => Buffer.from(await target.library.readSegment(entry))),
  );
  expect(texts.map(String)).toEqual(["b", "c", "a"]);
  expect((await segmentsIn(target.store)).length > 0).toBe(here === "segments");
  expect((await target.library.fsck({ level: 2 })).counts).toMatchObject({ error: 0, warning: 0 });
});

test("neighbours in a pack are read together", async () => {
  const source = await newLibrary(1, { composition: { placement: "packs" } });
  const target = await newLibrary(2);
  const parts = Array.from({ length: 200 }, (_, index) => `part ${index}`);
  await writeParts(source.library, "parts", parts);
  const counter = createCallCounter();
  const { observe } = counter;
  const counted = await openAgain(withObserver(source.store, { observe, clock: systemClock }), 3);
  counter.reset();
  const { segments } = await target.library.copyFrom(counted);
  expect(segments.blobs).toBe(200);
  // Four runs of at most 64, and the version.
  expect(counter.totals().get("blobs.get")?.calls).toBe(5);
});

describe("which versions are copied", () => {
  test("the newest unless told otherwise, under its number", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    await target.library.copyFrom(source.library);
    expect(await historyOf(target.library, "frame")).toEqual(
      (await historyOf(source.library, "frame")).slice(-1),
    );
    await source.library.write("frame", rowsFrom(9));
    expect(await target.library.copyFrom(source.library)).toMatchObject({
      versions: { copied: 1, present: 1 },
      problemCount: 0,
    });
    expect(await target.library.read("frame")).toMatchObject({ version: 7, rows: 3 });
    // The next one gets the next number, as ever.
    expect(await target.library.append("frame", rowsFrom(12))).toMatchObject({ version: 8 });
  });

  test("the last ones, wherever they begin", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    await target.library.copyFrom(source.library, { versions: { last: 4 } });
    expect(await historyOf(target.library, "frame")).toEqual(
      (await historyOf(source.library, "frame")).slice(-4),
    );
    expect(await target.library.fsck({ level: 2 })).toMatchObject({ findings: [] });
  });

  test("of symbols with a prefix, or of named ones", async () => {
    const source = await newLibrary(1);
    for (const symbol of ["a/1", "a/2", "b/1"]) await source.library.write(symbol, symbol);
    const byPrefix = await newLibrary(2);
    await byPrefix.library.copyFrom(source.library, { prefix: "a/" });
    expect(await symbolsOf(byPrefix.library)).toEqual(["a/1", "a/2"]);
    const byName = await newLibrary(3);
    const report = await byName.library.copyFrom(source.library, { symbols: ["b/1", "c", "b/1"] });
    expect(await symbolsOf(byName.library)).toEqual(["b/1"]);
    expect(report.problems).toMatchObject([{ kind: "gone", symbol: "c" }]);
  });

  test("what was deleted stays deleted, and readable by number where it was", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await source.library.write("pinned", 1);
    await source.library.write("gone", 1);
    await source.library.snapshot("before", { skipSymbols: ["gone"] });
    await source.library.delete("pinned");
    await source.library.delete("gone");
    await target.library.copyFrom(source.library, { versions: "all" });
    expect(await symbolsOf(target.library)).toEqual([]);
    expect((await target.library.read("pinned", { asOf: 1 })).value).toBe(1);
    expect(await historyOf(target.library, "pinned")).toMatchObject([
      { version: 1 },
      { version: 2, deleted: true },
    ]);
    expect(await historyOf(target.library, "gone")).toEqual([]);
    const newest = await newLibrary(3);
    expect(await newest.library.copyFrom(source.library)).toMatchObject({
      symbols: { found: 0 },
      versions: { copied: 0 },
    });
  });
});

describe("a dry run", () => {
  test("counts exactly what would be copied, and changes nothing", async () => {
    const source = await newLibrary(1);
    const target = await newLibrary(2);
    await fill(source.library);
    await target.library.copyFrom(source.library, { symbols: ["value"], versions: "all" });
    await source.library.snapshot("all");
    await source.library.write("value", 3);
    const before = await dumpStore(target.store);
    const options = { versions: "all", snapshots: true } as const;
    const readOnly = await openAgain(target.store, 3, true);
    const planned = await readOnly.copyFrom(source.library, { ...options, dryRun: true });
    expect(await dumpStore(target.store)).toEqual(before);
    const done = await target.library.copyFrom(source.library, options);
    expect(planned).toEqual({ ...done, dryRun: true });
    expect(done).toMatchObject({ versions: { copied: 7, present: 2 }, snapshots: { copied: 1 } });
  });
});

test("a copy tells how far it is", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  const told: CopyProgress[] = [];
  const report = await target.library.copyFrom(source.library, {
    versions: "all",
    onProgress: (progress) => told.push(progress),
  });
  expect(told.at(-1)).toEqual({
    symbols: 2,
    totalSymbols: 2,
    versions: 8,
    bytes: report.segments.bytes,
  });
  expect(told.map(({ bytes }) => bytes)).toEqual(
    told.map(({ bytes }) => bytes).toSorted((a, b) => a - b),
  );
});

test("no more bytes are in memory than allowed", async () => {
  const source = await newLibrary(1, { composition: { preset: "plain" } });
  const target = await newLibrary(2);
  for (let symbol = 0; symbol < 12; symbol += 1) {
    await source.library.write(`s${symbol}`, new Uint8Array(1000).fill(symbol));
  }
  await using transaction = await source.library.begin("many");
  const segments = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      transaction.putSegment(new Uint8Array(700).fill(index), new Uint8Array(16)),
    ),
  );
  const manifest = { handler: "mine", body: null, segments };
  await transaction.commit(() => ({ manifest, identity: Uint8Array.of(1), rawBytes: 1 }));
  let held = 0;
  let most = 0;
  const watched = {
    ...source.library,
    async *readSegments(...parameters: Parameters<typeof source.library.readSegments>) {
      const [groups] = parameters;
      held += groups.flat().reduce((sum, { length }) => sum + length, 0);
      most = Math.max(most, held);
      yield* source.library.readSegments(...parameters);
    },
  };
  const { blobs, refs } = target.store;
  const library = await openAgain(
    {
      refs,
      blobs: {
        ...blobs,
        capabilities: blobs.capabilities,
        get: (...parameters) => blobs.get(...parameters),
        list: (...parameters) => blobs.list(...parameters),
        deleteMany: (...parameters) => blobs.deleteMany(...parameters),
        putNew: async (key, bytes, options) => {
          await blobs.putNew(key, bytes, options);
          if (key.startsWith("s/")) held -= bytes.length;
        },
      },
    },
    4,
  );
  await library.copyFrom(watched, { maxBytesInFlight: 3000, symbolsAtOnce: 12 });
  expect(held).toBe(0);
  expect(most).toBeGreaterThan(1000);
  expect(most).toBeLessThanOrEqual(3000);
});

test("a target that is full ends the copy, and is no damage of the source", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2);
  await fill(source.library);
  const full = withFaults(target.store, {
    clock: systemClock,
    random: createSeededRandom(1),
    rules: [
      {
        operations: ["blobs.putNew"],
        keyPrefix: "s/",
        fault: { type: "fail", error: () => new StorageError("full", "the disk is full") },
      },
    ],
  });
  const library = await openAgain(full, 3);
  await expect(library.copyFrom(source.library)).rejects.toMatchObject({ code: "full" });
});

test("a quota is kept", async () => {
  const source = await newLibrary(1);
  const target = await newLibrary(2, { quotaBytes: 10_000 });
  const random = createSeededRandom(1);
  await source.library.write(
    "large",
    new Uint8Array(20_000).map(() => random.nextUint32()),
  );
  await expect(target.library.copyFrom(source.library)).rejects.toMatchObject({
    code: "quota-exceeded",
  });
  expect(await symbolsOf(target.library)).toEqual([]);
});

test.each([
  [{ symbols: ["a"], prefix: "b" }, "not both"],
  [{ symbols: ["a"], snapshots: true }, "whole library"],
  [{ prefix: "a", snapshots: true }, "whole library"],
  [{ versions: { last: 0 } }, "versions.last"],
  [{ symbolsAtOnce: 65 }, "symbolsAtOnce"],
  [{ maxBytesInFlight: 0.5 }, "maxBytesInFlight"],
])("refuses %o", async (options, message) => {
  const { library } = await newLibrary(1);
  await expect(library.copyFrom(library, options)).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining(message),
  });
});

test("refuses to copy into what is open for reading", async () => {
  const { store, library } = await newLibrary(1);
  const readOnly = await openAgain(store, 2, true);
  await expect(readOnly.copyFrom(library)).rejects.toMatchObject({ code: "read-only-library" });
});

async function symbolsOf(library: Awaited<ReturnType<typeof openAgain>>): Promise<string[]> {
  const symbols: string[] = [];
  for await (const batch of library.listSymbols()) {
    symbols.push(...batch.flatMap(({ symbol }) => symbol ?? []));
  }
  return symbols;
}
