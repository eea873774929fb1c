import type { Clock } from "@foretile/resilience";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { toKey, type Ref, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { readHead } from "../../src/head/head-record.ts";
import { readRemovedPage } from "../../src/head/removed-page.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { prune } from "../../src/retention/prune.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import {
  after,
  loseReply,
  loseRequest,
  noReply,
  scriptRefs,
  type ScriptedRefs,
} from "../commit/scripted-refs.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { collectOldPage } from "./collect-old-page.ts";
import { allBlobs, refKeys } from "../open-test-library.ts";
import { commitText, commitTexts, listedNumbers, present, textAt } from "../text-versions.ts";

const counter = createCallCounter();

let store: Store;
let clock: Clock;
let scripted: ScriptedRefs;
let context: LibraryContext;
/** Another process. */
let rival: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
  scripted = scriptRefs(store.refs);
  context = await openTestContext({ clock, store: { blobs: store.blobs, refs: scripted.refs } });
  rival = await openTestContext({ clock, store, seed: 2 });
});

/** The versions of every removal of the head. */
async function removedVersions(): Promise<number[][]> {
  const { head } = present(await readHead(rival, headKey("s"), "s"));
  return Promise.all(
    head.removals.map(async (removal) =>
      (await readRemovedPage(rival, removal)).map(({ version }) => version),
    ),
  );
}

const keepOne = { keepLast: 1 };

describe("pruning a symbol", () => {
  test("tells what it removed, and remembers it until it is collected", async () => {
    await commitTexts(context, "s", ["a", "bb"]);
    await clock.sleep(5000);
    await commitText(context, "s", "c");
    await clock.sleep(5000);
    expect(await prune(context, "s", keepOne)).toEqual({
      symbol: "s",
      removed: [
        {
          version: 2,
          committedAtMs: START_MS + 1,
          operation: "write",
          rawBytes: 2,
          storedBytes: 0,
        },
        { version: 1, committedAtMs: START_MS, operation: "write", rawBytes: 1, storedBytes: 0 },
      ],
    });
    const { head } = present(await readHead(context, headKey("s"), "s"));
    const removedAtMs = START_MS + 10_000;
    expect(head).toMatchObject({
      lastVersion: 3,
      removals: [
        { reason: "prune", removedAtMs, keepUntilMs: removedAtMs, condemned: false, count: 2 },
      ],
    });
    expect(await removedVersions()).toEqual([[1, 2]]);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("only tells what it would remove in a dry run, also of a library that is only read", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    const before = await refKeys(store);
    for (const library of [context, { ...context, readOnly: true }]) {
      expect(await prune(library, "s", keepOne, { dryRun: true })).toMatchObject({
        removed: [{ version: 1 }],
      });
    }
    expect(await listedNumbers(context, "s")).toEqual([2, 1]);
    expect(await refKeys(store)).toEqual(before);
    const reading = { ...context, readOnly: true };
    await expect(prune(reading, "s", keepOne)).rejects.toMatchObject({
      code: "read-only-library",
    });
  });

  test("writes nothing when there is nothing to remove", async () => {
    await commitText(context, "s", "a");
    counter.reset();
    expect(await prune(context, "s", keepOne)).toEqual({ symbol: "s", removed: [] });
    expect(await prune(context, "unknown", keepOne)).toEqual({ symbol: "unknown", removed: [] });
    expect([...counter.totals().keys()].toSorted()).toEqual(["refs.list", "refs.read"]);
  });

  test("refuses a policy that would keep nothing, before it reads anything", async () => {
    counter.reset();
    await expect(prune(context, "s", {})).rejects.toMatchObject({ code: "invalid-argument" });
    expect(counter.totals().size).toBe(0);
  });

  test("does not make an older version the newest of a time at which another was", async () => {
    for (const text of ["a", "b", "c"]) {
      await commitText(context, "s", text);
      await clock.sleep(1000);
    }
    await createSnapshot(context, "snap", { versions: { s: 1 } });
    await prune(context, "s", keepOne);
    const at = (second: number): Promise<unknown> =>
      textAt(context, "s", { timestamp: START_MS + second * 1000 });
    expect([await at(0), await at(0.9), await at(1), await at(1.9), await at(2)]).toEqual([
      "a",
      "a",
      "no-data-found",
      "no-data-found",
      "c",
    ]);
  });

  test("looks at long histories once to judge them, and once to change them", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 150 }, (_, index) => `${index}`),
    );
    counter.reset();
    await prune(context, "s", { keepLast: 10 });
    expect(await listedNumbers(context, "s")).toHaveLength(10);
    const { calls } = present(counter.totals().get("blobs.get"));
    // Three pages of history, each read twice.
    expect(calls).toBe(6);
  });
});

describe("pruning while others change the symbol", () => {
  test("judges what they left", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    scripted.changes.push(after(() => commitText(rival, "s", "c")));
    const { removed } = await prune(context, "s", keepOne);
    expect(removed.map(({ version }) => version)).toEqual([2, 1]);
    expect(await listedNumbers(context, "s")).toEqual([3]);
    expect(await removedVersions()).toEqual([[1, 2]]);
  });

  test("finds nothing to do when they pruned first", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    let left: Ref | undefined;
    scripted.changes.push(
      after(async () => {
        await prune(rival, "s", keepOne);
        left = await store.refs.read(headKey("s"));
      }),
    );
    expect(await prune(context, "s", keepOne)).toEqual({ symbol: "s", removed: [] });
    expect(await removedVersions()).toEqual([[1]]);
    expect(await store.refs.read(headKey("s"))).toEqual(left);
  });

  test.each([
    ["reply", loseReply],
    ["request", loseRequest],
  ])("settles a lost %s", async (_, step) => {
    await commitTexts(context, "s", ["a", "b"]);
    scripted.changes.push(step);
    expect(await prune(context, "s", keepOne)).toMatchObject({ removed: [{ version: 1 }] });
    expect(await removedVersions()).toEqual([[1]]);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("tells what it removed although the reply was lost and others changed the head since", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    scripted.changes.push(async (perform) => {
      await perform();
      await commitText(rival, "s", "c");
      throw noReply();
    });
    const { removed } = await prune(context, "s", keepOne);
    expect(removed).toMatchObject([{ version: 1 }]);
    expect(await removedVersions()).toEqual([[1]]);
    expect(await listedNumbers(context, "s")).toEqual([3, 2]);
  });

  test.each([
    ["judged", 0],
    ["changed", 1],
  ])("starts from the newest head when pages are collected before it is %s", async (_, reads) => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (__, index) => `${index}`),
    );
    for (let read = 0; read < reads; read += 1) scripted.reads.push((perform) => perform());
    scripted.reads.push(async (perform) => {
      const stale = await perform();
      await collectOldPage(rival, store, "s", 5);
      return stale;
    });
    const { removed } = await prune(context, "s", { keepLast: 60 });
    expect(removed.map(({ version }) => version)).toEqual([10, 9, 8, 7, 6, 4, 3, 2, 1]);
    expect(await listedNumbers(context, "s")).toHaveLength(60);
  });

  test("tells of a page that is missing for good", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    const pages = [...(await allBlobs(store)).keys()].filter((key) => key.startsWith("p/"));
    await store.blobs.deleteMany(pages.map((key) => toKey(key)));
    await expect(prune(context, "s", keepOne)).rejects.toMatchObject({ code: "data-integrity" });
    expect(await refKeys(store)).toEqual(["h/s"]);
  });
});
