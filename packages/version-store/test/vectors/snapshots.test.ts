import type { Clock } from "@foretile/resilience";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { readIntent } from "../../src/commit/intent.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import { DEFAULT_TIMES } from "../../src/library/library-config.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { prune } from "../../src/retention/prune.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { listSnapshotSymbols } from "../../src/snapshot/list-snapshot-symbols.ts";
import { listSnapshots } from "../../src/snapshot/list-snapshots.ts";
import { placePending } from "../../src/snapshot/pending-snapshot.ts";
import { readSnapshotRecord } from "../../src/snapshot/snapshot-record.ts";
import { writeSnapshotPages } from "../../src/snapshot/write-snapshot-pages.ts";
import { listVersions } from "../../src/version/list-versions.ts";
import { resolveEntry, resolveRecord } from "../../src/version/resolve-version.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import {
  blobKeys,
  commitText,
  commitTexts,
  itemsOf,
  listedNumbers,
  present,
  textAt,
} from "../text-versions.ts";

let clock: Clock;
let context: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  context = await openTestContext({ clock });
});

/** Snapshots by version, newest first. */
async function pinsOf(symbol: string): Promise<(readonly string[])[]> {
  return (await itemsOf(listVersions(context, symbol))).map(({ snapshots }) => snapshots);
}

/** What a snapshot pins, as `symbol@version`. */
async function pinnedBy(snapshot: string): Promise<string[]> {
  const pins = await itemsOf(listSnapshotSymbols(context, snapshot));
  return pins.map(({ symbol, entry }) => `${symbol}@${entry.version}`);
}

/** Takes a snapshot's name and stores a page of it, as far as a maker comes who dies then. */
async function dieMaking(
  name: string,
): Promise<{ readonly id: string; readonly pages: readonly string[] }> {
  const workspace = await Workspace.open(context, {
    kind: "snapshot",
    symbols: [],
    snapshot: name,
    lifetimeMs: context.config.times.transactionLifetimeMs,
  });
  const facts = { createdAtMs: clock.nowMs(), metadata: null, immutable: false };
  await placePending(context, name, workspace.id, facts);
  const entry = await resolveEntry(context, "s");
  await writeSnapshotPages(workspace, [{ symbol: "s", entry }]);
  return { id: workspace.id, pages: workspace.attemptKeys };
}

describe("snapshots", () => {
  test("vector 69: each snapshot keeps what was the newest when it was made", async () => {
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    await commitText(context, "s", "b");
    await createSnapshot(context, "snap2");
    await commitText(context, "s", "a");
    expect(await textAt(context, "s", "snap")).toBe("a");
    expect(await textAt(context, "s", "snap2")).toBe("b");
    expect(await textAt(context, "s")).toBe("a");
    expect(await pinsOf("s")).toEqual([[], ["snap2"], ["snap"]]);
  });

  test("vector 70: chosen versions are pinned instead of the newest", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    await createSnapshot(context, "chosen", { versions: { s: 1 } });
    await createSnapshot(context, "newest");
    await commitText(context, "s", "c");
    await createSnapshot(context, "again", { versions: { s: 1 } });
    expect(await pinsOf("s")).toEqual([[], ["newest"], ["again", "chosen"]]);
  });

  test("vector 71: skipped symbols are not pinned", async () => {
    for (const symbol of ["other", "s"]) await commitText(context, symbol, "a");
    await createSnapshot(context, "snap", { skipSymbols: ["s"] });
    expect(await pinnedBy("snap")).toEqual(["other@1"]);
    expect(await textAt(context, "s", "snap")).toBe("no-data-found");
  });

  test("vector 72: a deleted snapshot cannot be read by name, its versions still by number", async () => {
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    await commitText(context, "s", "b");
    await deleteSnapshot(context, "snap");
    expect(await textAt(context, "s", "snap")).toBe("no-such-snapshot");
    expect(await textAt(context, "s", 1)).toBe("a");
  });

  test("vector 73: of equal snapshots any may go without the others", async () => {
    await commitText(context, "s", "a");
    for (const name of ["1", "2", "3"]) await createSnapshot(context, name);
    for (const name of ["3", "1"]) await deleteSnapshot(context, name);
    await deleteSymbol(context, "s");
    expect(await textAt(context, "s", "2")).toBe("a");
  });

  test("vector 74: a name is given once", async () => {
    await createSnapshot(context, "snap");
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "duplicate-snapshot",
    });
  });

  test("vector 75: a snapshot goes on listing a symbol that was deleted", async () => {
    for (const symbol of ["a", "b", "c"]) await commitText(context, symbol, symbol);
    await createSnapshot(context, "snap");
    await deleteSymbol(context, "c");
    expect(await pinnedBy("snap")).toEqual(["a@1", "b@1", "c@1"]);
    const listed = await itemsOf(listVersions(context, "c", { snapshot: "snap" }));
    expect(listed).toMatchObject([{ version: 1, deleted: false, snapshots: ["snap"] }]);
  });

  test("vector 76: each of many snapshots lists exactly its own versions", async () => {
    await commitText(context, "a", "a1");
    await createSnapshot(context, "one");
    await commitTexts(context, "a", ["a2", "a3"]);
    await commitText(context, "b", "b1");
    await createSnapshot(context, "two");
    await commitText(context, "b", "b2");
    await createSnapshot(context, "three");
    await commitText(context, "c", "c1");
    const expected = {
      one: { a: [1], b: [], c: [] },
      two: { a: [3], b: [1], c: [] },
      three: { a: [3], b: [2], c: [] },
    };
    for (const [snapshot, symbols] of Object.entries(expected)) {
      for (const [symbol, numbers] of Object.entries(symbols)) {
        expect(await listedNumbers(context, symbol, { snapshot })).toEqual(numbers);
      }
    }
    expect(await pinsOf("c")).toEqual([[]]);
    expect(await pinsOf("a")).toEqual([["three", "two"], [], ["one"]]);
  });

  test("vector 77: a snapshot whose maker died is not there, and leaves nothing once it was given up", async () => {
    await commitText(context, "s", "a");
    const { id } = await dieMaking("snap");
    expect(await itemsOf(listSnapshots(context))).toEqual([]);
    expect(await textAt(context, "s", "snap")).toBe("no-such-snapshot");
    expect(await pinsOf("s")).toEqual([[]]);
    await expect(createSnapshot(context, "snap")).rejects.toMatchObject({
      code: "duplicate-snapshot",
    });
    await clock.sleep(2 * DEFAULT_TIMES.transactionLifetimeMs);
    expect(await collect(context)).toMatchObject({ expired: [id] });
    expect(await readSnapshotRecord(context, "snap")).toBeUndefined();
    expect(await readIntent(context, id)).toBeUndefined();
    expect((await blobKeys(context)).map((key) => key[0])).toEqual(["v"]);
    await createSnapshot(context, "snap");
    expect(await textAt(context, "s", "snap")).toBe("a");
  });

  test("vector 78: a collection before that removes nothing that the snapshot may need", async () => {
    context = await openTestContext({ clock, times: { graceMs: 0 } });
    await commitText(context, "s", "a");
    const { id, pages } = await dieMaking("snap");
    await commitText(context, "s", "b");
    await prune(context, "s", { keepLast: 1 });
    const before = await blobKeys(context);
    expect(await collect(context, { force: true, waitMs: 0 })).toMatchObject({
      expired: [],
      deferredBy: [id],
    });
    expect(await blobKeys(context)).toEqual(before);
    expect(before).toEqual(expect.arrayContaining([...pages]));
    expect(await readSnapshotRecord(context, "snap")).toMatchObject({
      record: { current: { id, state: "pending" } },
    });
  });

  test("vector 79: what is pruned and collected while a snapshot is made stays readable in it", async () => {
    const { graceMs } = DEFAULT_TIMES;
    const times = { transactionLifetimeMs: 10 * graceMs };
    context = await openTestContext({ clock, times });
    const symbols = Array.from({ length: 5 }, (_, index) => `s${index}`);
    for (const symbol of symbols) await commitTexts(context, symbol, ["old", "newest"]);
    const { refs } = context;
    const rival = context;
    const meddled: LibraryContext = {
      ...context,
      refs: {
        capabilities: refs.capabilities,
        read: refs.read.bind(refs),
        compareAndSet: refs.compareAndSet.bind(refs),
        list: async function* (range, options) {
          for await (const batch of refs.list(range, options)) {
            // The heads are read, and nothing is pinned yet.
            for (const symbol of symbols) {
              await commitText(rival, symbol, "newer");
              await prune(rival, symbol, { keepLast: 1 });
            }
            await clock.sleep(graceMs);
            const { deferredBy } = await collect(rival, { force: true, waitMs: 0 });
            expect(deferredBy).toHaveLength(1);
            yield batch;
          }
        },
      },
    };
    await createSnapshot(meddled, "snap", { versions: { s0: 1 } });
    await collect(context, { force: true });
    expect(await pinnedBy("snap")).toEqual(["s0@1", "s1@2", "s2@2", "s3@2", "s4@2"]);
    for (const symbol of symbols) {
      expect(await textAt(context, symbol, 2)).toBe("no-data-found");
      expect(await textAt(context, symbol, "snap")).toBe(symbol === "s0" ? "old" : "newest");
    }
    // One version of each symbol is new, one pinned, and one gone.
    expect((await blobKeys(context)).filter((key) => key.startsWith("v/"))).toHaveLength(10);
  });

  test("vector 80: a thousand snapshots are listed by a request per thousand", async () => {
    const counter = createCallCounter();
    const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
    context = await openTestContext({ clock, store });
    const names = Array.from({ length: 1000 }, (_, index) => `snap ${index}`);
    for (const name of names) await createSnapshot(context, name);
    counter.reset();
    const listed = await itemsOf(listSnapshots(context));
    expect(new Set(listed.map(({ name }) => name))).toEqual(new Set(names));
    const totals = counter.totals();
    expect([...totals.keys()]).toEqual(["refs.list"]);
    // One is full, one finds the end, one looks for names too long for a key.
    expect(totals.get("refs.list")?.calls).toBeLessThanOrEqual(3);
  });

  test("vector 84: every snapshot has the value and the metadata of its own", async () => {
    await commitText(context, "s", "a", { of: "a" });
    await createSnapshot(context, "snap1");
    await using transaction = await Transaction.begin(context, "s");
    await transaction.commit(async (base) => ({
      operation: "metadata",
      sharedWith: present(await base.record()),
      metadata: { of: "changed" },
    }));
    await createSnapshot(context, "snap2");
    await commitText(context, "s", "b", { of: "b" });
    await createSnapshot(context, "snap3");
    await prune(context, "s", { keepNewestOlderThanMs: 0 });
    const found = [];
    for (const asOf of ["snap1", "snap2", "snap3"]) {
      const { metadata } = await resolveRecord(context, "s", { asOf });
      found.push([await textAt(context, "s", asOf), metadata]);
    }
    expect(found).toEqual([
      ["a", { of: "a" }],
      ["a", { of: "changed" }],
      ["b", { of: "b" }],
    ]);
  });
});
