import type { Clock } from "@foretile/resilience";
import { toKey, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { Transaction } from "../../src/commit/transaction.ts";
import { readHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { readRemovedPage } from "../../src/head/removed-page.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { undelete } from "../../src/retention/undelete.ts";
import {
  after,
  loseReply,
  noReply,
  scriptRefs,
  type ScriptedRefs,
} from "../commit/scripted-refs.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { allBlobs, refKeys, textContent } from "../open-test-library.ts";
import { commitText, commitTexts, listedNumbers, present, textAt } from "../text-versions.ts";

const times = { graceMs: 1000, undeleteMs: 9000 };

let store: Store;
let clock: Clock;
let scripted: ScriptedRefs;
let context: LibraryContext;
/** Another process. */
let rival: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  store = openMemoryStore();
  scripted = scriptRefs(store.refs);
  const scriptedStore = { blobs: store.blobs, refs: scripted.refs };
  context = await openTestContext({ clock, store: scriptedStore, times });
  rival = await openTestContext({ clock, store, seed: 2, times });
});

async function head(): Promise<Head> {
  return present(await readHead(rival, headKey("s"), "s")).head;
}

const missing = "no-data-found";

describe("deleting a symbol", () => {
  test("is one change of the head: a version that says so, and the others removed", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    await clock.sleep(5000);
    const deleted = await deleteSymbol(context, "s", { user: "ada", message: "old" });
    expect(deleted).toMatchObject({ version: 3, changed: true, committedAtMs: START_MS + 5000 });
    const deletedHead = await head();
    expect(deletedHead).toMatchObject({
      lastVersion: 3,
      lastCommittedAtMs: START_MS + 5000,
      recent: [{ version: 3, operation: "delete", user: "ada", message: "old" }],
      history: [],
      removals: [
        {
          reason: "delete",
          removedAtMs: START_MS + 5000,
          keepUntilMs: START_MS + 5000 + times.undeleteMs,
          condemned: false,
          count: 2,
        },
      ],
    });
    const removed = await readRemovedPage(context, present(deletedHead.removals[0]));
    expect(removed.map(({ version }) => version)).toEqual([1, 2]);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("hard lets collections delete it as soon as the grace time is over", async () => {
    await commitText(context, "s", "a");
    await deleteSymbol(context, "s", { hard: true });
    const { removals } = await head();
    expect(removals[0]?.keepUntilMs).toBe(removals[0]?.removedAtMs);
  });

  test("is refused for a symbol that is not there, or deleted, and leaves nothing", async () => {
    await expect(deleteSymbol(context, "s")).rejects.toMatchObject({ code: missing });
    expect(await refKeys(store)).toEqual([]);
    await commitText(context, "s", "a");
    await deleteSymbol(context, "s");
    const before = await allBlobs(store);
    await expect(deleteSymbol(context, "s")).rejects.toMatchObject({ code: missing });
    expect(await allBlobs(store)).toEqual(before);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("is refused when another version than expected is the newest", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    await expect(deleteSymbol(context, "s", { expectedVersion: 1 })).rejects.toMatchObject({
      code: "concurrent-modification",
    });
    expect(await deleteSymbol(context, "s", { expectedVersion: 2 })).toMatchObject({ version: 3 });
  });

  test("is refused for a library that is only read", async () => {
    await commitText(context, "s", "a");
    const reading = { ...context, readOnly: true };
    await expect(deleteSymbol(reading, "s")).rejects.toMatchObject({ code: "read-only-library" });
    await expect(undelete(reading, "s")).rejects.toMatchObject({ code: "read-only-library" });
  });

  test("removes what others wrote meanwhile too", async () => {
    await commitText(context, "s", "a");
    scripted.changes.push(after(() => commitText(rival, "s", "b")));
    expect(await deleteSymbol(context, "s")).toMatchObject({ version: 3 });
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([3]);
    expect(await head()).toMatchObject({ removals: [{ count: 2 }] });
  });

  test("happens once although its reply is lost", async () => {
    await commitText(context, "s", "a");
    scripted.changes.push(loseReply);
    expect(await deleteSymbol(context, "s")).toMatchObject({ version: 2 });
    expect(await head()).toMatchObject({ lastVersion: 2, removals: [{ count: 1 }] });
  });

  test("is found to have happened although its reply is lost and others wrote since", async () => {
    await commitText(context, "s", "a");
    scripted.changes.push(async (perform) => {
      await perform();
      await commitText(rival, "s", "b");
      await deleteSymbol(rival, "s");
      throw noReply();
    });
    expect(await deleteSymbol(context, "s")).toMatchObject({ version: 2 });
    expect(await head()).toMatchObject({ lastVersion: 4 });
  });

  test("among commits of one process removes those before it, and not those after it", async () => {
    await commitText(context, "s", "1");
    const removes = { except: new Set<number>(), undeleteMs: 5 };
    const deletion = { operation: "delete", removes } as const;
    const contents = [textContent("2"), textContent("3"), deletion, textContent("5"), deletion];
    const begun = await Promise.all(contents.map(() => Transaction.begin(context, "s")));
    const last = await Transaction.begin(context, "s");
    await Promise.all([
      ...contents.map((content, index) => begun[index]?.commit(() => content)),
      last.commit(() => textContent("7")),
    ]);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([7, 6]);
    expect(await textAt(context, "s", { timestamp: START_MS + 4 })).toBe(missing);
    const { removals } = await head();
    const pages = await Promise.all(removals.map((removal) => readRemovedPage(context, removal)));
    expect(pages.map((entries) => entries.map(({ version }) => version))).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(removals.map(({ removedAtMs }) => removedAtMs)).toEqual([START_MS + 3, START_MS + 5]);
  });

  test("is not built on by commits after it in the same change", async () => {
    await commitText(context, "s", "1");
    await using one = await Transaction.begin(context, "s");
    await using two = await Transaction.begin(context, "s");
    await using three = await Transaction.begin(context, "s");
    const found: unknown[] = [];
    await Promise.all([
      one.commit(() => textContent("2")),
      two.commit(() => ({
        operation: "delete",
        removes: { except: new Set([1]), undeleteMs: 5 },
      })),
      three.commit(async (base) => {
        found.push(base.newest?.operation, await base.version());
        found.push(
          (await base.find(1))?.version,
          await base.find(2),
          (await base.find(3))?.version,
        );
        return textContent("4");
      }),
    ]);
    expect(found).toEqual(["delete", undefined, 1, undefined, 3]);
    expect(await listedNumbers(context, "s")).toEqual([4, 3, 1]);
  });

  test("whose history is damaged fails alone", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    const pages = [...(await allBlobs(store)).keys()].filter((key) => key.startsWith("p/"));
    await store.blobs.deleteMany(pages.map((key) => toKey(key)));
    const [first, deletion, last] = await Promise.allSettled([
      commitText(context, "s", "a"),
      deleteSymbol(context, "s"),
      commitText(context, "s", "b"),
    ]);
    expect([first.status, last.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(deletion).toMatchObject({ reason: { code: "data-integrity" } });
    expect(await listedNumbers(context, "s", { limit: 3 })).toEqual([72, 71, 70]);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("twice at the same time is done once", async () => {
    await commitText(context, "s", "a");
    const results = await Promise.allSettled([
      deleteSymbol(context, "s"),
      deleteSymbol(context, "s"),
      deleteSymbol(rival, "s"),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([2]);
  });
});
