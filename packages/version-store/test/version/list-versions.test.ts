import { createCallCounter, withObserver } from "@foretile/storage/layers";
import type { BlobStore, Key, Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { Transaction } from "../../src/commit/transaction.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { listVersions, type ListVersionsOptions } from "../../src/version/list-versions.ts";
import { storeHead } from "../head/store-head.ts";
import { versionEntries, versionEntry } from "../head/version-entries.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { textContent } from "../open-test-library.ts";
import { collectOldPage } from "../retention/collect-old-page.ts";
import { commitText, commitTexts, itemsOf, listedNumbers } from "../text-versions.ts";

const counter = createCallCounter();

let store: Store;
let context: LibraryContext;

beforeEach(async () => {
  const clock = createInstantClock({ startMs: START_MS });
  store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
  context = await openTestContext({ clock, store });
});

const from = (newest: number, oldest: number): number[] =>
  Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);

describe("a list of versions", () => {
  test("tells what the head knows of each", async () => {
    await using transaction = await Transaction.begin(context, "s");
    await transaction.commit(() => ({ ...textContent("abc"), rows: 7 }), {
      user: "ada",
      message: "first",
    });
    await createSnapshot(context, "snap");
    expect(await itemsOf(listVersions(context, "s"))).toMatchObject([
      {
        version: 1,
        operation: "write",
        committedAtMs: START_MS,
        rows: 7,
        rawBytes: 3,
        user: "ada",
        message: "first",
        deleted: false,
        snapshots: ["snap"],
      },
    ]);
  });

  test("is empty for an unknown symbol, and refuses what is none", async () => {
    expect(await listedNumbers(context, "s")).toEqual([]);
    await expect(listedNumbers(context, "")).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("goes on where an earlier one ended, in pieces of any size", async () => {
    await storeHead(context, versionEntries(700));
    for (const limit of [63, 64, 65, 256, 699, 700, 1000]) {
      const numbers: number[] = [];
      let before: number | undefined;
      do {
        const piece = await listedNumbers(context, "s", { limit, before, skipSnapshots: true });
        expect(piece.length).toBeLessThanOrEqual(limit);
        numbers.push(...piece);
        before = piece.at(-1);
      } while (before !== undefined && before > 1);
      expect(numbers).toEqual(from(700, 1));
    }
    expect(await listedNumbers(context, "s", { before: 1 })).toEqual([]);
    expect(await listedNumbers(context, "s", { before: 9000, limit: 2 })).toEqual([700, 699]);
  });

  test("reads only the pages that hold what it lists", async () => {
    await storeHead(context, versionEntries(700));
    const calls = async (options: ListVersionsOptions): Promise<number> => {
      counter.reset();
      await listedNumbers(context, "s", { ...options, skipSnapshots: true });
      return [...counter.totals().values()].reduce((sum, total) => sum + total.calls, 0);
    };
    expect(await calls({ limit: 10 })).toBe(1);
    expect(await calls({ latestOnly: true })).toBe(1);
    expect(await calls({ before: 100, limit: 10 })).toBe(2);
  });

  test("asks for no snapshots when they are not wanted", async () => {
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    counter.reset();
    const listed = await itemsOf(listVersions(context, "s", { skipSnapshots: true }));
    expect(listed).toMatchObject([{ version: 1, snapshots: [] }]);
    expect([...counter.totals()].map(([operation, { calls }]) => [operation, calls])).toEqual([
      ["refs.read", 1],
    ]);
  });

  test("has only the newest when that is all that is wanted", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    expect(await listedNumbers(context, "s", { latestOnly: true })).toEqual([2]);
    expect(await listedNumbers(context, "s", { latestOnly: true, limit: 9 })).toEqual([2]);
    await createSnapshot(context, "snap");
    await deleteSymbol(context, "s");
    expect(await itemsOf(listVersions(context, "s", { latestOnly: true }))).toMatchObject([
      { version: 3, deleted: true },
    ]);
  });

  test("has a deletion only when it lies before a readable version, or when all are wanted", async () => {
    const wanted = [-1, 2, -3, -4, 5, -6];
    const entries = wanted.map((number) =>
      versionEntry(Math.abs(number), { operation: number < 0 ? "delete" : "write" }),
    );
    await storeHead(context, entries);
    expect(await listedNumbers(context, "s")).toEqual([6, 5, 4, 3, 2]);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual(from(6, 1));
    expect(await listedNumbers(context, "s", { limit: 2 })).toEqual([6, 5]);
    expect(await listedNumbers(context, "s", { before: 2, includeDeleted: true })).toEqual([1]);
    expect(await listedNumbers(context, "s", { before: 2 })).toEqual([]);
  });

  test("has deletions in long histories wherever the readable version is", async () => {
    const entries = versionEntries(600).map((entry) =>
      entry.version === 1 ? entry : { ...entry, operation: "delete" as const },
    );
    await storeHead(context, entries);
    expect(await listedNumbers(context, "s")).toEqual(from(600, 1));
    await storeHead(context, entries.slice(1), "all deleted");
    expect(await listedNumbers(context, "all deleted")).toEqual([]);
  });

  test("of a snapshot has the version that it pins", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    await createSnapshot(context, "one", { versions: { s: 1 } });
    await createSnapshot(context, "two", { versions: { s: 1 } });
    await createSnapshot(context, "none", { skipSymbols: ["s"] });
    const list = (options: ListVersionsOptions) => itemsOf(listVersions(context, "s", options));
    expect(await list({ snapshot: "two" })).toMatchObject([
      { version: 1, snapshots: ["one", "two"] },
    ]);
    expect(await list({ snapshot: "two", skipSnapshots: true })).toMatchObject([
      { version: 1, snapshots: [] },
    ]);
    expect(await list({ snapshot: "two", before: 1 })).toEqual([]);
    expect(await list({ snapshot: "none" })).toEqual([]);
    await expect(list({ snapshot: "unknown" })).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });

  test.each<ListVersionsOptions>([{ limit: 0 }, { limit: 1.5 }, { before: 0 }, { before: NaN }])(
    "refuses %o",
    async (options) => {
      await expect(listedNumbers(context, "s", options)).rejects.toMatchObject({
        code: "invalid-argument",
      });
    },
  );

  test("goes on with the newest head when pages of the older one were collected", async () => {
    const texts = Array.from({ length: 70 }, (_, index) => `${index + 1}`);
    await commitTexts(context, "s", texts);
    const numbers: number[] = [];
    for await (const batch of listVersions(context, "s", { skipSnapshots: true })) {
      // The head is read, the page of the oldest versions is not.
      if (numbers.length === 0) await collectOldPage(context, store, "s", 5);
      numbers.push(...batch.map(({ version }) => version));
    }
    expect(numbers).toEqual(from(70, 1).filter((version) => version !== 5));
  });

  test("tells of a page that is missing for good", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index + 1}`),
    );
    await store.blobs.deleteMany(await pageKeys());
    counter.reset();
    await expect(listedNumbers(context, "s")).rejects.toMatchObject({ code: "data-integrity" });
    expect(counter.totals().get("blobs.get")?.calls).toBe(1);
  });

  test("gives up a page that is missing however often the head changes", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index + 1}`),
    );
    await store.blobs.deleteMany(await pageKeys());
    let reads = 0;
    const get: BlobStore["get"] = async (key, options) => {
      reads += 1;
      await commitText(context, "s", "busy");
      return store.blobs.get(key, options);
    };
    const busy = { ...context, blobs: { ...context.blobs, get } };
    await expect(listedNumbers(busy, "s", { skipSnapshots: true })).rejects.toMatchObject({
      code: "data-integrity",
    });
    expect(reads).toBeLessThan(10);
  });

  test("tells of a damaged head", async () => {
    await store.refs.compareAndSet(headKey("s"), undefined, new Uint8Array(60));
    await expect(listedNumbers(context, "s")).rejects.toMatchObject({ code: "data-integrity" });
  });
});

async function pageKeys(): Promise<Key[]> {
  const keys = [];
  for await (const batch of store.blobs.list({ gte: "p/", lt: "p0" })) {
    keys.push(...batch.map(({ key }) => key));
  }
  return keys;
}
