import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { prune } from "../../src/retention/prune.ts";
import { append } from "../../src/write/append.ts";
import { restoreVersion } from "../../src/write/restore-version.ts";
import { deleteRange, update } from "../../src/write/update.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { withBlobs } from "../changed-stores.ts";
import { openTypedContext, segmentKeys, type TypedContext } from "../open-typed-context.ts";
import { racingRefs, type RacingRefs } from "../racing-refs.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

const conflict = { code: "concurrent-modification" };

let ours: TypedContext;
let context: LibraryContext;
let rival: LibraryContext;
let races: RacingRefs["races"];
let store: ReturnType<typeof openMemoryStore>;

beforeEach(async () => {
  store = openMemoryStore();
  const racing = racingRefs(store.refs);
  races = racing.races;
  ours = await openTypedContext({
    store: { blobs: store.blobs, refs: racing.refs },
    targetBytes: 160,
  });
  ({ context } = ours);
  rival = (await openTypedContext({ store, seed: 2, targetBytes: 160 })).context;
  await write(rival, "s", series(25));
});

async function latest(): Promise<ReturnType<typeof cells>> {
  return cells((await read(context, "s")).value);
}

const theirs = (start: number): ReturnType<typeof series> => series(2, { start, salt: 5 });

// Few rows are looked at when they are published, many before their upload; both must notice what others do.
describe.each([
  { size: "few", rows: 3 },
  { size: "many", rows: 12 },
])("an append of $size rows", ({ rows }) => {
  const added = (start = 50): ReturnType<typeof series> => series(rows, { start, salt: 1 });

  test("follows the rows that others appended first", async () => {
    races.push(() => append(rival, "s", theirs(25)));
    expect(await append(context, "s", added())).toMatchObject({ version: 3 });
    expect(await latest()).toEqual(joined(series(25), theirs(25), added()));
  });

  test("is refused when others appended later rows first", async () => {
    races.push(() => append(rival, "s", series(2, { start: 60 })));
    await expect(append(context, "s", added())).rejects.toMatchObject({ code: "unsorted-append" });
    expect((await read(context, "s")).version).toBe(2);
  });

  test("takes over the metadata that others wrote, unless it has its own", async () => {
    races.push(() => writeMetadata(rival, "s", "theirs"));
    await append(context, "s", added());
    expect(await read(context, "s")).toMatchObject({ version: 3, metadata: "theirs" });
    races.push(() => writeMetadata(rival, "s", "later"));
    await append(context, "s", added(100), { metadata: "own" });
    expect(await read(context, "s")).toMatchObject({ version: 5, metadata: "own" });
  });

  test.each([
    { what: "overwrote", other: () => write(rival, "s", series(7)) },
    { what: "restored", other: () => restoreVersion(rival, "s", 1) },
  ])("is refused when others $what the value, unless that is wanted", async ({ other }) => {
    await write(rival, "s", series(7));
    races.push(other);
    await expect(append(context, "s", added())).rejects.toMatchObject(conflict);
    races.push(other);
    await append(context, "s", added(), { rebaseOnOverwrite: true });
    const before = await read(context, "s", { asOf: -2 });
    expect(await latest()).toEqual(joined(before.value as never, added()));
  });

  test("follows an update of other rows, and not one that could have met its own", async () => {
    races.push(() => update(rival, "s", series(2, { start: 3, salt: 5 })));
    await append(context, "s", added());
    expect((await latest()).values.slice(3, 5)).toEqual([9.5, 11]);
    races.push(() => deleteRange(rival, "s", { from: 51 }));
    await expect(append(context, "s", added(100))).rejects.toMatchObject(conflict);
    races.push(() => update(rival, "s", series(1), { range: { rows: { from: 0, to: 1 } } }));
    expect(await append(context, "s", added(100))).toMatchObject({ rows: 26 + rows });
  });

  test("starts afresh when others deleted the symbol, but not without upsert", async () => {
    races.push(() => deleteSymbol(rival, "s"));
    await append(context, "s", added());
    expect(await latest()).toEqual(cells(added()));
    races.push(() => deleteSymbol(rival, "s"));
    await expect(append(context, "s", added(99), { upsert: false })).rejects.toMatchObject(
      conflict,
    );
  });

  test("never builds on another version than the expected one", async () => {
    races.push(() => append(rival, "s", series(1, { start: 30 })));
    await expect(append(context, "s", added(), { expectedVersion: 1 })).rejects.toMatchObject(
      conflict,
    );
    expect((await read(context, "s")).version).toBe(2);
    expect(await segmentKeys(store)).toHaveLength(4);
  });

  test("creates a symbol together with others", async () => {
    races.push(() => append(rival, "new", series(2)));
    expect(await append(context, "new", added())).toMatchObject({ version: 2, rows: 2 + rows });
    races.push(() => write(rival, "other", series(2)));
    // A few rows look at the symbol first when they are published.
    await expect(append(context, "other", added())).rejects.toMatchObject(conflict);
  });

  test("goes on from the version before one that was removed", async () => {
    await append(rival, "s", series(4, { start: 25 }));
    races.push(() => deleteVersion(rival, "s", 2, { allowLatest: true }));
    await expect(append(context, "s", added())).rejects.toMatchObject(conflict);
    expect(await append(context, "s", added())).toMatchObject({ rows: 25 + rows });
  });

  test("uploads its rows once, however many races are lost", async () => {
    for (let turn = 0; turn < 4; turn += 1) races.push(() => writeMetadata(rival, "s", turn));
    ours.counter.reset();
    await append(context, "s", added());
    const uploads = [...(await segmentKeys(store))].length;
    expect(uploads).toBe(3 + Math.ceil(rows / 10));
    const documents = 5;
    expect(ours.counter.totals().get("blobs.putNew")?.calls).toBe(Math.ceil(rows / 10) + documents);
    expect((await read(context, "s")).version).toBe(6);
  });
});

describe("a change of many rows", () => {
  test.each([
    { what: "append", change: append, value: series(12, { start: 50 }) },
    { what: "update", change: update, value: series(12, { start: 5 }) },
  ])("notices what others did during the uploads of its $what", async ({ change, value }) => {
    let isFirst = true;
    const slow = withBlobs(context, {
      putNew: async (...call) => {
        if (isFirst && call[0].startsWith("s/")) {
          isFirst = false;
          await write(rival, "s", series(25));
        }
        return context.blobs.putNew(...call);
      },
    });
    await expect(change(slow, "s", value)).rejects.toMatchObject(conflict);
    expect(isFirst).toBe(false);
    expect(await change(slow, "s", value)).toMatchObject({ version: 3 });
  });
});

describe("an update", () => {
  const own = series(3, { start: 10, salt: 1 });

  test("goes on after appends, metadata and updates elsewhere", async () => {
    races.push(
      () => append(rival, "s", series(2, { start: 25 })),
      () => writeMetadata(rival, "s", "m"),
      () => update(rival, "s", theirs(20)),
      () => deleteRange(rival, "s", { to: 4 }),
    );
    expect(await update(context, "s", own)).toMatchObject({ version: 6 });
    const { index, values } = await latest();
    expect(index).toEqual(Array.from({ length: 22 }, (_, row) => row + 5));
    expect(values.slice(5, 8)).toEqual(cells(own).values);
    expect(values.slice(15, 17)).toEqual(cells(theirs(20)).values);
  });

  test.each([
    { what: "an update of the same rows", other: () => update(rival, "s", theirs(12)) },
    { what: "a deletion of one row", other: () => deleteRange(rival, "s", { from: 11, to: 11 }) },
    { what: "a write", other: () => write(rival, "s", series(25)) },
    { what: "a restored version", other: () => restoreVersion(rival, "s", 1) },
    { what: "a deletion", other: () => deleteSymbol(rival, "s") },
    {
      what: "an append of rows in its range",
      other: () => append(rival, "s", series(1, { start: 26 })),
    },
  ])("is refused after $what", async ({ other }) => {
    await write(rival, "s", series(25, { salt: 2 }));
    races.push(other);
    const range = { from: 10, to: 26 };
    await expect(update(context, "s", own, { range })).rejects.toMatchObject(conflict);
  });

  test("by number goes on as long as its rows stay where they are", async () => {
    const range = { rows: { from: 10, to: 13 } };
    races.push(() => update(rival, "s", theirs(3)));
    await update(context, "s", own, { range });
    expect((await latest()).values.slice(10, 13)).toEqual(cells(own).values);
    races.push(() => deleteRange(rival, "s", { from: 20 }));
    expect(await update(context, "s", own, { range })).toMatchObject({ rows: 20 });
    races.push(() => deleteRange(rival, "s", { from: 2, to: 2 }));
    await expect(update(context, "s", own, { range })).rejects.toMatchObject(conflict);
  });

  test("does not store again what it stored for an attempt that lost", async () => {
    races.push(() => append(rival, "s", series(2, { start: 25 })));
    ours.counter.reset();
    const { newSegments } = await update(context, "s", own);
    // Its blocks, a version for each attempt.
    expect(ours.counter.totals().get("blobs.putNew")?.calls).toBe(newSegments + 2);
  });

  test("never goes on from another version than the expected one", async () => {
    races.push(() => append(rival, "s", series(2, { start: 25 })));
    const options = { expectedVersion: 1 };
    await expect(update(context, "s", own, options)).rejects.toMatchObject(conflict);
  });
});

describe("a write", () => {
  test("comes after whatever others did", async () => {
    races.push(
      () => append(rival, "s", series(2, { start: 25 })),
      () => deleteSymbol(rival, "s"),
    );
    expect(await write(context, "s", series(5))).toMatchObject({ version: 4 });
    expect(await latest()).toEqual(cells(series(5)));
  });

  test("stores the blocks itself that it wanted to share with a version that was removed", async () => {
    races.push(async () => {
      await write(rival, "s", series(3, { salt: 3 }));
      await prune(rival, "s", { keepLast: 1 });
    });
    const result = await write(context, "s", series(25));
    expect(result).toMatchObject({ version: 3, newSegments: 3, sharedSegments: 0 });
    expect(await latest()).toEqual(cells(series(25)));
  });

  test("shares with a version that is still there although it is not the newest any more", async () => {
    races.push(() => write(rival, "s", series(3, { salt: 3 })));
    const result = await write(context, "s", series(25));
    expect(result).toMatchObject({ version: 3, newSegments: 0, sharedSegments: 3 });
    expect(await latest()).toEqual(cells(series(25)));
  });

  test("vector 94: uploads nothing when another version than the expected one is there", async () => {
    ours.counter.reset();
    const expecting = write(context, "s", series(9, { salt: 4 }), { expectedVersion: 3 });
    await expect(expecting).rejects.toMatchObject(conflict);
    expect(ours.counter.totals().get("blobs.putNew")).toBeUndefined();
    races.push(() => writeMetadata(rival, "s", "m"));
    const late = write(context, "s", series(9, { salt: 4 }), { expectedVersion: 1 });
    await expect(late).rejects.toMatchObject(conflict);
    expect(await segmentKeys(store)).toHaveLength(3);
  });

  test("is skipped when others wrote the same value first, however they cut it", async () => {
    await write(rival, "array", numbers([1]));
    races.push(async () => {
      await write(rival, "array", numbers([1, 2]));
      await append(rival, "array", numbers(Array.from({ length: 30 }, (_, row) => Math.sqrt(row))));
    });
    const value = numbers([1, 2, ...Array.from({ length: 30 }, (_, row) => Math.sqrt(row))]);
    const skipped = await write(context, "array", value, { skipUnchanged: true });
    expect(skipped).toMatchObject({ version: 3, changed: false });
    const other = numbers([...numbersOf(value).slice(0, -1), -0]);
    races.push(() => write(rival, "array", value));
    expect(await write(context, "array", other, { skipUnchanged: true })).toMatchObject({
      version: 5,
      changed: true,
    });
  });
});

describe("metadata", () => {
  test("go with whatever value others wrote first", async () => {
    races.push(() => append(rival, "s", series(2, { start: 25 })));
    expect(await writeMetadata(context, "s", "m")).toMatchObject({ version: 3, rows: 27 });
    races.push(() => deleteSymbol(rival, "s"));
    await expect(writeMetadata(context, "s", "m")).rejects.toMatchObject({ code: "no-data-found" });
  });

  test("a version that is removed while it is restored is not restored", async () => {
    await write(rival, "s", series(3));
    races.push(() => deleteVersion(rival, "s", 1));
    await expect(restoreVersion(context, "s", 1)).rejects.toMatchObject(conflict);
    expect((await read(context, "s")).version).toBe(2);
  });
});
