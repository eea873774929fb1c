import type { Clock } from "@foretile/resilience";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { toKey, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { pruneLibrary, type PruneOutcome } from "../../src/retention/prune-library.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { after, refuse, scriptRefs, type ScriptedRefs } from "../commit/scripted-refs.ts";
import { storeHead } from "../head/store-head.ts";
import { versionEntry } from "../head/version-entries.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { refKeys } from "../open-test-library.ts";
import { commitText, commitTexts, listedNumbers } from "../text-versions.ts";
import { collectOldPage } from "./collect-old-page.ts";

const counter = createCallCounter();

let store: Store;
let clock: Clock;
let scripted: ScriptedRefs;
let context: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
  scripted = scriptRefs(store.refs, "h/b");
  context = await openTestContext({ clock, store: { blobs: store.blobs, refs: scripted.refs } });
});

const keepOne = { keepLast: 1 };

describe("pruning a library", () => {
  test("prunes every symbol by itself, except what snapshots pin", async () => {
    const long = "long ".repeat(150);
    for (const symbol of ["a", "b", long]) await commitTexts(context, symbol, ["1", "22", "3"]);
    await commitText(context, "single", "1");
    await createSnapshot(context, "snap", { versions: { b: 1 } });
    const told: PruneOutcome[] = [];
    const report = await pruneLibrary(context, keepOne, { onProgress: (one) => told.push(one) });
    expect(report).toEqual({
      symbols: 4,
      prunedSymbols: 3,
      removedVersions: 5,
      storedBytes: 0,
      failedSymbols: 0,
      failures: [],
    });
    expect(await listedNumbers(context, "a")).toEqual([3]);
    expect(await listedNumbers(context, "b")).toEqual([3, 1]);
    expect(await listedNumbers(context, long)).toEqual([3]);
    const removed = told.map((outcome) => [
      outcome.symbol,
      "removed" in outcome ? outcome.removed.map(({ version }) => version) : outcome.error,
    ]);
    expect(new Map(removed as [string, number[]][])).toEqual(
      new Map([
        ["a", [2, 1]],
        ["b", [2]],
        [long, [2, 1]],
        ["single", []],
      ]),
    );
    expect(await refKeys(store)).toHaveLength(5);
  });

  test("only tells what it would remove in a dry run, also of a library that is only read", async () => {
    for (const symbol of ["a", "b"]) await commitTexts(context, symbol, ["1", "2"]);
    const reading = { ...context, readOnly: true };
    expect(await pruneLibrary(reading, keepOne, { dryRun: true })).toMatchObject({
      prunedSymbols: 2,
      removedVersions: 2,
      failedSymbols: 0,
    });
    expect(await listedNumbers(context, "a")).toEqual([2, 1]);
    expect(await pruneLibrary(reading, keepOne)).toMatchObject({
      failedSymbols: 2,
      failures: [
        { symbol: "a", key: "h/a", error: { code: "read-only-library" } },
        { symbol: "b", key: "h/b", error: { code: "read-only-library" } },
      ],
    });
  });

  test("prunes only the symbols of a prefix", async () => {
    for (const symbol of ["p/1", "p/2", "q"]) await commitTexts(context, symbol, ["1", "2"]);
    await createSnapshot(context, "snap", { versions: { "p/2": 1, q: 1 } });
    expect(await pruneLibrary(context, keepOne, { prefix: "p/" })).toMatchObject({
      symbols: 2,
      removedVersions: 1,
    });
    expect(await listedNumbers(context, "q")).toEqual([2, 1]);
    expect(await listedNumbers(context, "p/2")).toEqual([2, 1]);
  });

  test("costs its listings alone when there is nothing to remove", async () => {
    for (const symbol of ["a", "b", "c"]) await commitText(context, symbol, "1");
    counter.reset();
    await pruneLibrary(context, keepOne);
    expect([...counter.totals().keys()]).toEqual(["refs.list"]);
  });

  test("counts the bytes of what it removes", async () => {
    const versions = [1, 2, 3].map((version) =>
      versionEntry(version, { storedBytes: version * 10 }),
    );
    for (const symbol of ["a", "b"]) await storeHead(context, versions, symbol);
    expect(await pruneLibrary(context, keepOne)).toMatchObject({
      removedVersions: 4,
      storedBytes: 60,
    });
  });

  test("goes on after a symbol that fails, and tells of it", async () => {
    for (const symbol of ["a", "b", "c", "damaged"]) await commitTexts(context, symbol, ["1", "2"]);
    const ref = await store.refs.read(headKey("damaged"));
    await store.refs.compareAndSet(headKey("damaged"), ref?.token, new Uint8Array(50));
    scripted.changes.push(refuse);
    const told: PruneOutcome[] = [];
    const report = await pruneLibrary(context, keepOne, { onProgress: (one) => told.push(one) });
    const failures = [
      { symbol: "b", key: "h/b", error: { code: "full" } },
      { symbol: undefined, key: "h/damaged", error: { code: "data-integrity" } },
    ];
    expect(report).toMatchObject({ symbols: 4, prunedSymbols: 2, failedSymbols: 2 });
    expect(new Set(report.failures.map(({ key }) => key))).toEqual(new Set(["h/b", "h/damaged"]));
    const failed = told.filter((one) => "error" in one);
    expect(failed.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toMatchObject(failures);
    expect(await listedNumbers(context, "a")).toEqual([2]);
    expect(await listedNumbers(context, "b")).toEqual([2, 1]);
    // Again, after the store recovered.
    expect(await pruneLibrary(context, keepOne)).toMatchObject({
      prunedSymbols: 1,
      removedVersions: 1,
    });
    expect(await listedNumbers(context, "b")).toEqual([2]);
  });

  test("tells of the first hundred failures, and counts all", async () => {
    for (let index = 0; index < 101; index += 1) {
      await store.refs.compareAndSet(toKey(`h/${index}`), undefined, new Uint8Array(9));
    }
    const report = await pruneLibrary(context, keepOne);
    expect(report.failedSymbols).toBe(101);
    expect(report.failures).toHaveLength(100);
  });

  test("removes nothing at all when a snapshot is damaged", async () => {
    await commitTexts(context, "a", ["1", "2"]);
    await store.refs.compareAndSet(toKey("n/snap"), undefined, new Uint8Array(9));
    await expect(pruneLibrary(context, keepOne)).rejects.toMatchObject({ code: "data-integrity" });
    expect(await listedNumbers(context, "a", { skipSnapshots: true })).toEqual([2, 1]);
  });

  test("judges what others left of a symbol since it was listed", async () => {
    await commitTexts(context, "b", ["1", "2"]);
    const rival = await openTestContext({ clock, store, seed: 2 });
    scripted.reads.push(after(() => commitText(rival, "b", "3")) as never);
    expect(await pruneLibrary(context, keepOne)).toMatchObject({ removedVersions: 2 });
    expect(await listedNumbers(context, "b")).toEqual([3]);
  });

  test("takes the newest head when pages of the listed one were collected", async () => {
    const texts = Array.from({ length: 70 }, (_, index) => `${index}`);
    await commitTexts(context, "b", texts);
    const rival = await openTestContext({ clock, store, seed: 2 });
    const { refs } = context;
    const stale: LibraryContext = {
      ...context,
      refs: {
        ...refs,
        list: async function* (range, options) {
          for await (const batch of refs.list(range, options)) {
            await collectOldPage(rival, store, "b", 5);
            yield batch;
          }
        },
      },
    };
    expect(await pruneLibrary(stale, { keepLast: 60 })).toMatchObject({
      removedVersions: 9,
      failedSymbols: 0,
    });
  });

  test("stops when its caller gives up", async () => {
    await commitTexts(context, "a", ["1", "2"]);
    const caller = new AbortController();
    const onProgress = (): void => caller.abort(new Error("enough"));
    await expect(
      pruneLibrary(context, keepOne, { onProgress, signal: caller.signal }),
    ).rejects.toThrow("enough");
  });

  test("refuses a policy that would keep nothing", async () => {
    await expect(pruneLibrary(context, {})).rejects.toMatchObject({ code: "invalid-argument" });
  });
});
