import { createInstantClock } from "@foretile/testkit";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import type { Clock } from "@foretile/resilience";
import type { Ref } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { DEFAULT_TIMES } from "../../src/library/library-config.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { listHeads } from "../../src/head/list-heads.ts";
import { newestLiveEntry } from "../../src/head/head.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { prune } from "../../src/retention/prune.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { listSnapshotSymbols } from "../../src/snapshot/list-snapshot-symbols.ts";
import { listVersions } from "../../src/version/list-versions.ts";
import { loseReply, noReply, refuse, scriptRefs } from "../commit/scripted-refs.ts";
import { storeHead } from "../head/store-head.ts";
import { versionEntries } from "../head/version-entries.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import {
  blobKeys,
  commitText,
  commitTexts,
  itemsOf,
  listedNumbers,
  textAt,
} from "../text-versions.ts";

const minuteMs = 60_000;

let clock: Clock;
let context: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  context = await openTestContext({ clock });
});

const missing = "no-data-found";

/** Texts, or codes of errors, by version. */
async function textsAt(symbol: string, ...versions: number[]): Promise<unknown[]> {
  return Promise.all(versions.map((version) => textAt(context, symbol, version)));
}

/** Symbols that have a value. */
async function symbols(): Promise<(string | undefined)[]> {
  const heads = await itemsOf(listHeads(context, ""));
  return heads
    .filter(({ head }) => head !== undefined && newestLiveEntry(head) !== undefined)
    .map(({ head }) => head?.symbol);
}

async function pinnedBy(snapshot: string): Promise<[symbol: string, version: number][]> {
  const pins = await itemsOf(listSnapshotSymbols(context, snapshot));
  return pins.map(({ symbol, entry }) => [symbol, entry.version]);
}

/** Commits versions that are so many minutes old afterwards. */
async function commitAged(symbol: string, ...minutes: readonly number[]): Promise<void> {
  for (const [index, age] of minutes.entries()) {
    await commitText(context, symbol, `aged ${age}`);
    await clock.sleep((age - (minutes[index + 1] ?? 0)) * minuteMs);
  }
}

const noAnswer = async (): Promise<never> => {
  throw noReply();
};

describe("delete, prune and list", () => {
  test("vector 55: a deleted symbol is gone, with all its versions", async () => {
    await commitTexts(context, "s", ["a", "b", "c", "d"]);
    expect(await deleteSymbol(context, "s")).toMatchObject({ version: 5 });
    expect(await textsAt("s", 1, 2, 3, 4)).toEqual([missing, missing, missing, missing]);
    expect(await textAt(context, "s")).toBe(missing);
    expect(await symbols()).toEqual([]);
    expect(await listedNumbers(context, "s")).toEqual([]);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([5]);
  });

  test("vector 56: what a snapshot pins outlives the symbol, by its name and by its number", async () => {
    await commitTexts(context, "s", ["a", "b", "c"]);
    await createSnapshot(context, "snap");
    await commitText(context, "s", "d");
    await deleteSymbol(context, "s");
    expect(await textsAt("s", 1, 2, 3, 4)).toEqual([missing, missing, "c", missing]);
    expect(await textAt(context, "s")).toBe(missing);
    expect(await textAt(context, "s", "snap")).toBe("c");
    expect(await symbols()).toEqual([]);
    expect(await itemsOf(listVersions(context, "s"))).toMatchObject([
      { version: 5, deleted: true, snapshots: [] },
      { version: 3, deleted: false, snapshots: ["snap"] },
    ]);
    await createSnapshot(context, "later");
    expect(await pinnedBy("later")).toEqual([]);
    expect(await pinnedBy("snap")).toEqual([["s", 3]]);
  });

  test("vector 57: a deletion is listed before the version that a snapshot keeps", async () => {
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    await deleteSymbol(context, "s");
    expect(await itemsOf(listVersions(context, "s"))).toMatchObject([
      { version: 2, deleted: true, snapshots: [] },
      { version: 1, deleted: false, snapshots: ["snap"] },
    ]);
  });

  test("vector 58: versions deleted one by one leave the others readable", async () => {
    await commitTexts(context, "s", ["a", "b", "a", "b"]);
    const texts: unknown[] = ["a", "b", "a", "b"];
    for (const version of [1, 2, 3, 4]) {
      await deleteVersion(context, "s", version, { allowLatest: version === 4 });
      texts[version - 1] = missing;
      expect(await textsAt("s", 1, 2, 3, 4)).toEqual(texts);
    }
    expect(await textAt(context, "s")).toBe(missing);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([]);
    await clock.sleep(DEFAULT_TIMES.graceMs);
    await collect(context, { force: true });
    expect(await blobKeys(context)).toEqual([]);
  });

  test("vector 59: a symbol written again after its deletion is there once, its numbers going on", async () => {
    await commitText(context, "s", "a");
    await deleteSymbol(context, "s");
    expect(await commitText(context, "s", "b")).toBe(3);
    expect(await symbols()).toEqual(["s"]);
    expect(await textsAt("s", 1, 2, 3)).toEqual([missing, missing, "b"]);
  });

  test("vector 60: a deleted symbol that a snapshot pins is not among the symbols", async () => {
    await commitText(context, "other", "o");
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    await commitText(context, "s", "b");
    await deleteSymbol(context, "s");
    expect(await symbols()).toEqual(["other"]);
  });

  test("vector 61: the newest version that is older than the rule's age stays", async () => {
    await commitAged("s", 125, 122, 121, 119);
    await commitText(context, "s", "new");
    const { removed } = await prune(context, "s", { keepNewestOlderThanMs: 120 * minuteMs });
    expect(removed.map(({ version }) => version)).toEqual([2, 1]);
    expect(await listedNumbers(context, "s")).toEqual([5, 4, 3]);
  });

  test("vector 62: a pinned version stays until after its snapshot the next pruning comes", async () => {
    const policy = { keepNewestOlderThanMs: 120 * minuteMs };
    await commitAged("s", 125, 122, 121, 119);
    await createSnapshot(context, "snap", { versions: { s: 2 } });
    await commitText(context, "s", "new");
    await prune(context, "s", policy);
    expect(await listedNumbers(context, "s")).toEqual([5, 4, 3, 2]);
    await deleteSnapshot(context, "snap");
    expect(await listedNumbers(context, "s")).toEqual([5, 4, 3, 2]);
    await commitText(context, "s", "newer");
    await prune(context, "s", policy);
    expect(await listedNumbers(context, "s")).toEqual([6, 5, 4, 3]);
    await clock.sleep(DEFAULT_TIMES.graceMs);
    await collect(context, { force: true });
    expect((await blobKeys(context)).map((key) => key[0])).toEqual(["v", "v", "v", "v"]);
    expect(await textsAt("s", 3, 4, 5, 6)).toEqual(["aged 121", "aged 119", "new", "newer"]);
  });

  test("vector 63: versions that were built on removed ones stay whole", async () => {
    await commitAged("s", 130, 129, 128, 127, 126);
    await commitText(context, "s", "new");
    await prune(context, "s", { keepNewestOlderThanMs: 120 * minuteMs });
    expect(await textsAt("s", 1, 2, 3)).toEqual([missing, missing, missing]);
    expect(await textsAt("s", 5, 6)).toEqual(["aged 126", "new"]);
  });

  test("vector 64: age, then snapshots, then nothing keeps a version", async () => {
    await createSnapshot(context, "empty");
    await commitTexts(context, "s", ["a", "b"]);
    await createSnapshot(context, "snap1");
    await commitText(context, "s", "c");
    const pruneTo = async (minutes: number): Promise<number[]> => {
      await prune(context, "s", { keepNewestOlderThanMs: minutes * minuteMs });
      return listedNumbers(context, "s");
    };
    expect(await pruneTo(10)).toEqual([3, 2, 1]);
    await clock.sleep(minuteMs);
    expect(await pruneTo(0)).toEqual([3, 2]);
    for (const name of ["empty", "snap1"]) await deleteSnapshot(context, name);
    expect(await listedNumbers(context, "s")).toEqual([3, 2]);
    expect(await pruneTo(0)).toEqual([3]);
    await clock.sleep(DEFAULT_TIMES.graceMs);
    await collect(context, { force: true });
    expect((await blobKeys(context)).map((key) => key[0])).toEqual(["v"]);
    expect(await textAt(context, "s")).toBe("c");
  });

  test("vector 65: pruning that fails, and runs again, ends as if undisturbed", async () => {
    const store = openMemoryStore();
    const scripted = scriptRefs(store.refs);
    context = await openTestContext({ clock, store: { blobs: store.blobs, refs: scripted.refs } });
    await commitTexts(context, "s", ["a", "b", "c", "d"]);
    await createSnapshot(context, "snap", { versions: { s: 2 } });
    const pruneAgain = (): Promise<unknown> => prune(context, "s", { keepLast: 1 });

    scripted.changes.push(refuse);
    await expect(pruneAgain()).rejects.toMatchObject({ code: "full" });
    expect(await listedNumbers(context, "s")).toEqual([4, 3, 2, 1]);

    scripted.changes.push(loseReply);
    const [works, fails] = [(perform: () => Promise<Ref | undefined>) => perform(), noAnswer];
    scripted.reads.push(works, works, fails, fails, fails, fails, fails);
    await expect(pruneAgain()).rejects.toMatchObject({ code: "commit-outcome-unknown" });

    await expect(pruneAgain()).resolves.toMatchObject({ removed: [] });
    expect(await listedNumbers(context, "s")).toEqual([4, 2]);
  });

  test("vector 66: five thousand versions are listed with a request per page of history", async () => {
    const counter = createCallCounter();
    const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
    context = await openTestContext({ clock, store });
    await storeHead(context, versionEntries(5000));
    counter.reset();
    const numbers = await listedNumbers(context, "s", { skipSnapshots: true });
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, index) => 5000 - index));
    const calls = [...counter.totals().values()].reduce((sum, total) => sum + total.calls, 0);
    expect(calls).toBeLessThanOrEqual(5000 / 128 + 1);
  });

  test("vector 67: the last three of ten stay, and the one that a snapshot pins", async () => {
    await commitText(context, "s", "1");
    await createSnapshot(context, "snap");
    await commitTexts(context, "s", ["2", "3", "4", "5", "6", "7", "8", "9", "10"]);
    await prune(context, "s", { keepLast: 3 });
    expect(await listedNumbers(context, "s")).toEqual([10, 9, 8, 1]);
    expect(await textsAt("s", 1, 7, 8)).toEqual(["1", missing, "8"]);
  });
});
