import { toKey, type Store } from "@foretile/storage";
import {
  createCallCounter,
  withFaults,
  withObserver,
  type CallCounter,
} from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createLibrary,
  openLibrary,
  type CellAddress,
  type Library,
  type SegmentEntry,
} from "../../src/index.ts";
import { blobKeys } from "../collect/store-contents.ts";

const hash = new Uint8Array(16);
const startMs = 1_500_000_000_000;

let store: Store;
let counter: CallCounter;
let library: Library;

beforeEach(async () => {
  store = openMemoryStore({ clock: createInstantClock({ startMs }) });
  counter = createCallCounter();
  library = await open(1, startMs, true);
  counter.reset();
});

async function open(seed: number, atMs = startMs, isNew = false): Promise<Library> {
  const clock = createInstantClock({ startMs: atMs });
  const options = {
    store: withObserver(store, { clock, observe: counter.observe }),
    clock,
    random: createSeededRandom(seed),
  };
  if (!isNew) return openLibrary(options);
  const times = { graceMs: 0, undeleteMs: 0 };
  return createLibrary({ ...options, composition: { placement: "cells" }, times });
}

function cellAt(row: number, qualifier = "d"): CellAddress {
  return { table: "low", row: toKey(`BTC#${row}`), family: "p", qualifier };
}

/** Commits segments of 1 000 bytes, each the cell `d` of a row. */
async function commit(
  fills: Readonly<Record<number, number>>,
  kept: readonly SegmentEntry[] = [],
  at: Library = library,
): Promise<readonly SegmentEntry[]> {
  await using transaction = await at.begin("s");
  await transaction.base();
  const own = await Promise.all(
    Object.entries(fills).map(([row, fill]) => {
      const bytes = new Uint8Array(1000).fill(fill);
      return transaction.putSegment(bytes, hash, { cell: cellAt(Number(row)) });
    }),
  );
  const segments = [...kept, ...own];
  await transaction.commit(() => ({
    manifest: { handler: "fills", body: null, segments },
    identity: Uint8Array.from(Object.values(fills)),
    rawBytes: 0,
  }));
  return segments;
}

/** Row, qualifier, milliseconds after the start, and first byte of every cell. */
async function cells(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const rows of store.table("low").readRows({})) {
    for (const { key, cells: inRow } of rows) {
      for (const { qualifier, timestampMicros, value } of inRow) {
        found.push(`${key} ${qualifier} ${timestampMicros / 1000 - startMs} ${value[0]}`);
      }
    }
  }
  return found;
}

async function fillsOf(asOf?: number): Promise<readonly (number | string)[]> {
  const { manifest } = await library.resolve("s", { asOf });
  const found: (number | string)[] = [];
  const groups = manifest.segments.map((entry) => [entry]);
  for await (const { segments, error } of library.readSegments(groups)) {
    found.push(error?.code ?? segments?.[0]?.[0] ?? -1);
  }
  return found;
}

describe("a library with cells", () => {
  test("writes a transaction's segments at one time, and reads its own again", async () => {
    await commit({ 1: 1, 2: 2 });
    await commit({ 1: 3, 2: 4 });
    expect(await cells()).toEqual(["BTC#1 d 1 3", "BTC#1 d 0 1", "BTC#2 d 1 4", "BTC#2 d 0 2"]);
    expect(await fillsOf()).toEqual([3, 4]);
    expect(await fillsOf(1)).toEqual([1, 2]);
    expect(await blobKeys(store, "s/")).toEqual([]);
    expect(await blobKeys(store, "c/")).toHaveLength(2);
  });

  test("writes rows and reads them with few calls", async () => {
    await commit(Object.fromEntries(Array.from({ length: 200 }, (_, row) => [row, 1])));
    const totals = counter.totals();
    // The first finds no family yet.
    expect(totals.get("rows.mutateRows")?.calls).toBe(2);
    expect(totals.get("blobs.putNew")?.calls).toBe(2);
    counter.reset();
    expect(await fillsOf()).toHaveLength(200);
    expect(counter.totals().get("blobs.get")?.calls).toBe(1);
  });

  test("gives later times than any before, whatever the clocks say", async () => {
    const [ahead] = await commit({ 1: 1 }, [], await open(2, startMs + 5000));
    const [behind] = await commit({ 1: 2 }, [], await open(3, startMs - 9000));
    const [now] = await commit({ 1: 3 });
    expect([ahead, behind, now].map((entry) => entry?.location)).toMatchObject([
      { timestampMicros: (startMs + 5000) * 1000 },
      { timestampMicros: (startMs + 5001) * 1000 },
      { timestampMicros: (startMs + 5002) * 1000 },
    ]);
    // Whoever takes the newest cell finds the last one.
    expect((await cells())[0]).toBe("BTC#1 d 5002 3");
  });

  test("keeps both of two segments that a transaction puts at one place", async () => {
    await using transaction = await library.begin("s");
    const entries = await Promise.all(
      [7, 8].map((fill) => {
        const bytes = new Uint8Array(10).fill(fill);
        return transaction.putSegment(bytes, hash, { cell: cellAt(1) });
      }),
    );
    await transaction.flush();
    const read = await Promise.all(entries.map((entry) => library.readSegment(entry)));
    expect(read.map((bytes) => bytes[0])).toEqual([7, 8]);
    await transaction.abandon();
    expect(await cells()).toEqual([]);
    expect(await blobKeys(store, "c/")).toEqual([]);
  });

  test("deletes exactly its own cells, once nobody needs any that a list names", async () => {
    const table = store.table("low");
    await commit({ 1: 1, 2: 2 });
    const foreign = {
      type: "set-cell",
      family: "p",
      qualifier: "d",
      timestampMicros: (startMs + 7000) * 1000,
      value: Uint8Array.of(99),
    } as const;
    await table.mutateRows([{ key: toKey("BTC#1"), mutations: [foreign] }]);
    const [first] = (await library.resolve("s")).manifest.segments;
    if (first === undefined) throw new Error("there are two");
    await commit({ 2: 3 }, [first]);
    await library.deleteVersion("s", 1);
    await library.collect({ force: true });
    expect(await fillsOf()).toEqual([1, 3]);

    await commit({ 1: 4, 2: 5 });
    await library.deleteVersion("s", 2);
    counter.reset();
    const report = await library.collect({ force: true });
    expect(report.deleted.cellLists.blobs).toBe(2);
    const changes = counter.totals().get("rows.mutateRows")?.calls;
    expect([changes, report.requests.rowChanges]).toEqual([2, 2]);
    expect(await fillsOf()).toEqual([4, 5]);
    expect(await cells()).toEqual(["BTC#1 d 7000 99", "BTC#1 d 2 4", "BTC#2 d 2 5"]);
  });

  test("publishes nothing when a row is not written, and everything when it is asked again", async () => {
    const clock = createInstantClock({ startMs });
    const rules = [{ fault: { type: "fail" }, operations: ["rows.mutateRows"], nth: 2 }] as const;
    await store.table("low").setFamily("p", {});
    const failing = withFaults(store, { clock, random: createSeededRandom(3), rules });
    const faulty = await openLibrary({ store: failing, clock, random: createSeededRandom(4) });
    await using transaction = await faulty.begin("s");
    const segments = await Promise.all(
      [1, 2, 3].map((row) =>
        transaction.putSegment(Uint8Array.of(row), hash, { cell: cellAt(row) }),
      ),
    );
    const content = () => ({
      manifest: { handler: "fills", body: null, segments },
      identity: Uint8Array.of(1),
      rawBytes: 0,
    });
    await expect(transaction.commit(content)).rejects.toMatchObject({ code: "unavailable" });
    await expect(library.resolve("s")).rejects.toMatchObject({ code: "no-data-found" });
    expect(await transaction.commit(content)).toMatchObject({ version: 1 });
    expect(await fillsOf()).toEqual([1, 2, 3]);
  });

  test("tells apart a cell that the table's rule took in favour of newer ones", async () => {
    await commit({ 1: 1, 2: 2 });
    await commit({ 1: 3, 2: 4 });
    await store.table("low").setFamily("p", { maxVersions: 1 });
    expect(await fillsOf(1)).toEqual(["segment-expired", "segment-expired"]);
    expect(await fillsOf()).toEqual([3, 4]);
  });

  test("tells apart a cell that the table's rule took for its age", async () => {
    store = openMemoryStore({ clock: createInstantClock({ startMs: startMs + 9_000_000 }) });
    library = await open(1, startMs, true);
    await commit({ 1: 1 });
    await store.table("low").setFamily("p", { maxAgeMs: 1000 });
    library = await open(2, startMs + 9_000_000);
    expect(await fillsOf()).toEqual(["segment-expired"]);
  });

  test("tells a cell that is gone otherwise as damage, at level 2", async () => {
    await commit({ 1: 1, 2: 2 });
    await store
      .table("low")
      .mutateRows([{ key: toKey("BTC#1"), mutations: [{ type: "delete-row" }] }]);
    expect(await fillsOf()).toEqual(["data-integrity", 2]);
    const verifiers = new Map([["fills", () => undefined]]);
    const { findings } = await library.fsck({ level: 2, verifiers });
    expect(findings.map(({ kind, key }) => [kind, key])).toEqual([
      ["segment", `low/BTC#1/p:d@${startMs * 1000}`],
    ]);
    expect((await library.fsck({ level: 1 })).healthy).toBe(true);
  });

  test("tells a list that is gone at level 1", async () => {
    await commit({ 1: 1 });
    const [list = ""] = await blobKeys(store, "c/");
    await store.blobs.deleteMany([toKey(list)]);
    expect((await library.fsck({ level: 1 })).healthy).toBe(false);
    expect(await fillsOf()).toEqual([1]);
  });

  test("counts cells against a quota", async () => {
    const full = openMemoryStore();
    const limited = await createLibrary({
      store: full,
      composition: { placement: "cells" },
      quotaBytes: 5000,
    });
    await using transaction = await limited.begin("s");
    await transaction.putSegment(new Uint8Array(4900), hash, { cell: cellAt(1) });
    await transaction.flush();
    await expect(limited.write("t", "x".repeat(100))).rejects.toMatchObject({
      code: "quota-exceeded",
    });
  });

  test("needs a store with tables", async () => {
    const { blobs, refs } = openMemoryStore();
    const made = createLibrary({ store: { blobs, refs }, composition: { placement: "cells" } });
    await expect(made).rejects.toMatchObject({ code: "unsupported-capability" });
  });

  test("makes segments without a cell, or too large for one, blobs", async () => {
    const narrow = openMemoryStore({ limits: { maxCellBytes: 100 } });
    const other = await createLibrary({ store: narrow, composition: { placement: "cells" } });
    await using transaction = await other.begin("s");
    const large = await transaction.putSegment(new Uint8Array(101), hash, { cell: cellAt(1) });
    const loose = await transaction.putSegment(new Uint8Array(1), hash);
    expect([large.location, loose.location]).toEqual([undefined, undefined]);
  });
});
