import { StorageError, toKey, type RefStore } from "@foretile/storage";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { repairLibrary } from "../../src/check/repair-library.ts";
import type { RepairOptions } from "../../src/check/repair-options.ts";
import { collect } from "../../src/collect/collect.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import { readHead } from "../../src/head/head-record.ts";
import { headKey } from "../../src/library/keys.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { undelete } from "../../src/retention/undelete.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { harmBlob, harmRef } from "../collect/damaged-store.ts";
import { dyingStore } from "../collect/dying-store.ts";
import { commitParts, partsAt } from "../collect/part-values.ts";
import { blobKeys, contentsOf, refKeysFrom } from "../collect/store-contents.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { commitTexts, listedNumbers, textAt } from "../text-versions.ts";
import { openChecked, type CheckedLibrary } from "./open-checked.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let library: CheckedLibrary;

beforeEach(async () => {
  library = await openChecked();
});

function repair(options?: RepairOptions) {
  return repairLibrary(library.context, { dryRun: false, force: true, ...options });
}

/** Everything at level 1, except leftovers. */
async function errors() {
  const { findings } = await library.check({ level: 1 });
  return findings.filter(({ severity }) => severity === "error");
}

describe("a repair of a sound library", () => {
  test("vector 109: changes nothing", async () => {
    const { context } = library;
    await commitParts(context, "s", ["a", "b"]);
    await commitParts(context, "s", ["b", "c"]);
    await createSnapshot(context, "snap");
    await commitTexts(
      context,
      "long",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    await Transaction.begin(context, "s");
    const before = await contentsOf(context);
    const report = await repair();
    expect(report).toMatchObject({ dryRun: false, findings: [], repaired: 0 });
    expect(report.collected).toMatchObject({ versions: 0, owners: [] });
    expect(await contentsOf(context)).toEqual(before);
  });

  test("vector 107: removes what crashes left behind, unless it is young or only tried", async () => {
    const { context, clock, store } = library;
    await commitParts(context, "s", ["a"]);
    const transaction = await Transaction.begin(context, "s");
    await transaction.putSegment(new Uint8Array(9), new Uint8Array(16));
    await clock.sleep(12 * hourMs);
    expect((await repair()).collected).toMatchObject({ expired: [], owners: [] });
    expect(await blobKeys(store, "s/")).toHaveLength(2);
    await clock.sleep(13 * hourMs);
    expect((await repair({ dryRun: true })).collected).toMatchObject({ expired: [transaction.id] });
    expect(await blobKeys(store, "s/")).toHaveLength(2);
    expect((await repair()).collected).toMatchObject({ expired: [transaction.id] });
    expect(await blobKeys(store, "s/")).toHaveLength(1);
    expect((await library.check()).findings).toEqual([]);
  });

  test("is tried by default, and changes nothing at all then", async () => {
    const { context, store } = library;
    await commitParts(context, "s", ["a"]);
    await createSnapshot(context, "snap");
    await harmRef(store, "h/s", "flipped");
    await harmRef(store, "n/snap", "flipped");
    const counter = createCallCounter();
    const clock = createInstantClock({ startMs: START_MS });
    const observed = withObserver(store, { clock, observe: counter.observe });
    const other = await openTestContext({ store: observed, clock, readOnly: true });
    const report = await repairLibrary(other, { giveUpLost: true });
    expect(report).toMatchObject({ dryRun: true, repaired: 0, counts: { error: 2 } });
    expect([...counter.totals().keys()].sort()).toEqual([
      "blobs.get",
      "blobs.list",
      "refs.list",
      "refs.read",
    ]);
    await expect(repairLibrary(other, { dryRun: false })).rejects.toMatchObject({
      code: "read-only-library",
    });
    await expect(repairLibrary(other, { minAgeMs: -1 })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(context.readOnly).toBe(false);
  });
});

/** Records that cannot be deleted. */
function withoutDeletes(refs: RefStore): RefStore {
  return {
    capabilities: refs.capabilities,
    read: (...call) => refs.read(...call),
    list: (...call) => refs.list(...call),
    compareAndSet: async (key, expected, next, options) => {
      if (next === undefined) throw new StorageError("read-only", "nothing can be deleted");
      return refs.compareAndSet(key, expected, next, options);
    },
  };
}

describe("a head", () => {
  test.each(["missing", "truncated", "flipped"] as const)("that is %s is rebuilt", async (harm) => {
    const { context, store, clock } = library;
    const names = ["s", "x".repeat(900)];
    for (const symbol of names) {
      await commitTexts(
        context,
        symbol,
        Array.from({ length: 100 }, (_, index) => `text ${index + 1}`),
      );
      await clock.sleep(1);
      await commitParts(context, symbol, ["one", "two"]);
      const key = headKey(symbol);
      await harmRef(store, key, harm);
      const damaged = (await store.refs.read(key))?.value;
      const saved: unknown[] = [];
      const report = await repair({ saveDamaged: (...given) => void saved.push(given) });
      expect(report.findings).toMatchObject([
        { severity: "error", kind: "head", symbol, key, repaired: true },
      ]);
      expect(saved).toEqual(harm === "missing" ? [] : [[key, damaged]]);
      expect(await errors()).toEqual([]);
      expect(await partsAt(context, symbol)).toEqual(["one", "two"]);
      for (const version of [1, 37, 100]) {
        expect(await textAt(context, symbol, version)).toBe(`text ${version}`);
      }
      expect((await listedNumbers(context, symbol)).length).toBe(101);
      expect(await commitParts(context, symbol, ["two", "three"])).toBe(102);
    }
    // The pages of the lost heads are leftovers.
    expect((await repair({ minAgeMs: 0 })).findings).toEqual([]);
    expect((await library.check()).findings).toEqual([]);
  });

  test("with lost pages keeps everything else, and finds the versions of the pages", async () => {
    const { context, store } = library;
    await commitTexts(
      context,
      "s",
      Array.from({ length: 200 }, (_, index) => `text ${index + 1}`),
    );
    await deleteVersion(context, "s", 50);
    await deleteVersion(context, "s", 150);
    const before = await listedNumbers(context, "s");
    expect(before).toHaveLength(198);
    const kinds: string[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      await repair({ minAgeMs: 0 });
      const pages = await blobKeys(store, "p/");
      await harmBlob(store, pages[turn % pages.length] ?? "", "missing");
      const found = (await library.check({ level: 0 })).findings;
      expect(found).toMatchObject([{ symbol: "s" }]);
      kinds.push(...found.map(({ kind }) => kind));
      expect(await repair()).toMatchObject({
        repaired: 1,
        findings: [{ kind: "head", symbol: "s", repaired: true }],
      });
      expect(await errors()).toEqual([]);
      const now = await listedNumbers(context, "s");
      expect(before.filter((version) => !now.includes(version))).toEqual([]);
    }
    expect(new Set(kinds)).toEqual(new Set(["history-page", "removed-page"]));
    // With the pages of removed versions those are back.
    expect(await listedNumbers(context, "s")).toHaveLength(200);
    for (const version of [1, 50, 150, 200]) {
      expect(await textAt(context, "s", version)).toBe(`text ${version}`);
    }
  });

  test("is rebuilt with what snapshots pin, and without what was deleted with its symbol", async () => {
    const { context, store, clock } = library;
    await commitParts(context, "s", ["one"]);
    await commitParts(context, "s", ["two"]);
    await createSnapshot(context, "snap");
    await commitParts(context, "s", ["three"]);
    await deleteSymbol(context, "s");
    await harmRef(store, "h/s", "missing");
    await repair();
    expect(await errors()).toEqual([]);
    expect(await partsAt(context, "s")).toBe("no-data-found");
    expect(await partsAt(context, "s", 1)).toBe("no-data-found");
    expect(await partsAt(context, "s", 2)).toEqual(["two"]);
    await undelete(context, "s");
    expect(await partsAt(context, "s")).toEqual(["three"]);
    await clock.sleep(dayMs);
    expect(await partsAt(context, "s", 1)).toEqual(["one"]);
  });

  test("keeps what it lists of a deleted symbol, and what was removed stays removed", async () => {
    const { context, store } = library;
    await commitParts(context, "s", ["one"]);
    await commitParts(context, "s", ["two"]);
    await createSnapshot(context, "snap");
    await deleteSymbol(context, "s");
    await deleteSnapshot(context, "snap");
    const [page = ""] = await blobKeys(store, "p/");
    await harmBlob(store, page, "missing");
    expect(await repair()).toMatchObject({ repaired: 1 });
    expect(await partsAt(context, "s", 2)).toEqual(["two"]);
    expect(await partsAt(context, "s", 1)).toBe("no-data-found");
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([3, 2]);
    expect(await errors()).toEqual([]);
  });

  test("is left alone when it is whole, and a collection died that has deleted a page of it", async () => {
    const { context, store, clock } = library;
    await commitParts(context, "s", ["one"]);
    await commitParts(context, "s", ["two"]);
    await deleteVersion(context, "s", 1);
    await clock.sleep(26 * hourMs);
    for (let n = 1; (await blobKeys(store, "p/")).length > 0; n += 1) {
      const dying = await openTestContext({ store: dyingStore(store, n, "after"), clock, seed: n });
      await collect(dying, { force: true }).catch(() => undefined);
    }
    const state = await readHead(context, headKey("s"), "s");
    expect(state?.head.removals).toHaveLength(1);
    expect(await repair({ dryRun: true })).toMatchObject({ findings: [] });
    expect(await repair()).toMatchObject({ findings: [], collected: { versions: 1 } });
  });

  test("that never was is not made of what a late request left", async () => {
    const { context, store } = library;
    await commitParts(context, "s", ["one"]);
    const [segment = ""] = await blobKeys(store, "s/");
    await harmBlob(store, segment, "missing");
    await harmRef(store, "h/s", "missing");
    expect(await repair({ minAgeMs: 0 })).toMatchObject({
      findings: [],
      collected: { owners: [{ blobs: 1 }] },
    });
  });

  test("takes no document for a version that is in the place of another one", async () => {
    const { context, store } = library;
    await commitParts(context, "s", ["one"]);
    const [key = ""] = await blobKeys(store, "v/");
    const twin = toKey(`v/zz/${key.slice(5, -11)}zz/00000000`);
    await store.blobs.putNew(twin, (await store.blobs.get(toKey(key))) ?? new Uint8Array());
    await harmRef(store, "h/s", "missing");
    const { findings } = await repair();
    expect(findings).toMatchObject([{ kind: "head", repaired: true }]);
  });

  test("is rebuilt when all that is left of it is pinned", async () => {
    const { context, store } = library;
    await commitParts(context, "s", ["one"]);
    await createSnapshot(context, "snap");
    await harmRef(store, "h/s", "missing");
    expect((await repair()).findings).toMatchObject([
      { kind: "head", symbol: "s", repaired: true },
    ]);
    expect(await partsAt(context, "s")).toEqual(["one"]);
    expect((await library.check()).findings).toEqual([]);
  });

  test("brings versions back that were removed and not collected, and says so", async () => {
    const { context, store } = library;
    await commitTexts(context, "s", ["a", "b", "c"]);
    await deleteVersion(context, "s", 2);
    await harmRef(store, "h/s", "missing");
    const { findings } = await repair();
    expect(findings[0]?.message).toContain(
      "versions that were removed and not yet collected may be back",
    );
    expect(await listedNumbers(context, "s")).toEqual([3, 2, 1]);
  });

  test("is not rebuilt while a transaction may still change it", async () => {
    const { context, store, clock } = library;
    await commitParts(context, "s", ["one"]);
    const transaction = await Transaction.begin(context, "s");
    await harmRef(store, "h/s", "flipped");
    expect((await repair()).findings).toMatchObject([
      { kind: "head", repaired: false, message: expect.stringContaining("may still run") },
      { kind: "orphan", repaired: false },
    ]);
    await clock.sleep(dayMs);
    expect((await repair()).repaired).toBe(1);
    await expect(transaction.commit(() => ({ operation: "delete" }))).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect(await partsAt(context, "s")).toEqual(["one"]);
  });

  test("is not rebuilt while staged rows of it are kept for longer", async () => {
    const { context, store, clock } = library;
    await commitParts(context, "s", ["one"]);
    const staged = { kind: "stage", symbols: ["s"], lifetimeMs: 10 * dayMs } as const;
    await Workspace.open(context, staged);
    await harmRef(store, "h/s", "flipped");
    await clock.sleep(2 * dayMs);
    expect((await repair()).repaired).toBe(0);
    await clock.sleep(10 * dayMs);
    expect((await repair()).repaired).toBe(1);
  });

  test("is not rebuilt of versions whose intents cannot be read, until they are old", async () => {
    const { context, store, clock } = library;
    const dying = await openTestContext({
      clock,
      seed: 5,
      store: { blobs: store.blobs, refs: withoutDeletes(store.refs) },
    });
    await commitParts(dying, "s", ["one"]);
    const [intent = ""] = await refKeysFrom(store, "i/");
    await harmRef(store, intent, "flipped");
    await harmRef(store, "h/s", "missing");
    const early = await repair();
    expect(early.findings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("may still run") }),
    );
    expect(await partsAt(context, "s")).toBe("no-data-found");
    await clock.sleep(dayMs);
    await repair();
    expect(await partsAt(context, "s")).toEqual(["one"]);
  });

  test("is not put in place by a repair that was given up meanwhile", async () => {
    const { context, store, clock } = library;
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    await harmRef(store, "h/s", "missing");
    const slow = await openTestContext({
      clock,
      seed: 5,
      store: {
        refs: store.refs,
        blobs: {
          ...store.blobs,
          putNew: async (...call) => {
            await clock.sleep(2 * hourMs);
            return store.blobs.putNew(...call);
          },
        },
      },
    });
    await expect(repairLibrary(slow, { dryRun: false })).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect(await refKeysFrom(store, "h/")).toEqual([]);
    expect(await refKeysFrom(store, "i/")).toEqual([]);
  });

  test("gets the newest version of a writer that died while it published, and a note about it", async () => {
    const { context, store, clock } = library;
    await commitParts(context, "s", ["one"]);
    const intents = new Set(await refKeysFrom(store, "i/"));
    // Dies after its version was stored, before the head is changed, or after that.
    let n = 1;
    for (; (await blobKeys(store, "v/")).length < 2; n += 1) {
      const dying = await openTestContext({
        store: dyingStore(store, n, "before"),
        clock,
        seed: n + 1,
      });
      await commitParts(dying, "s", ["one", "two"]).catch(() => undefined);
    }
    expect((await refKeysFrom(store, "i/")).length).toBeGreaterThan(intents.size);
    await harmRef(store, "h/s", "missing");
    await clock.sleep(2 * dayMs);
    const { findings } = await repair();
    expect(findings).toMatchObject([
      { kind: "head", repaired: true },
      {
        severity: "note",
        kind: "head",
        version: 2,
        message: expect.stringContaining("may never have been published"),
      },
    ]);
    expect(await partsAt(context, "s")).toEqual(["one", "two"]);
    expect(await errors()).toEqual([]);
    expect((await repair()).findings).toEqual([]);
    expect((await library.check()).findings).toEqual([]);
  });

  test("leaves out what does not fit, and keeps it until somebody looked at it", async () => {
    const { context, store } = library;
    await commitTexts(context, "s", ["a", "b"]);
    await deleteVersion(context, "s", 2, { allowLatest: true });
    await commitTexts(context, "s", ["c"]);
    await harmRef(store, "h/s", "missing");
    const { findings, collected } = await repair();
    expect(findings).toMatchObject([
      { kind: "head", repaired: true },
      { severity: "warning", kind: "head", version: 2, repaired: false },
      { severity: "note", kind: "orphan" },
    ]);
    expect(collected).toBeUndefined();
    expect(await listedNumbers(context, "s")).toEqual([3, 1]);
    expect(await blobKeys(store, "v/")).toHaveLength(3);
    // Its number is not given out again.
    expect(await textAt(context, "s", 2)).toBe("no-data-found");
    await commitTexts(context, "s", ["d"]);
    expect(await listedNumbers(context, "s")).toEqual([4, 3, 1]);
  });

  test("of which no version is left cannot be rebuilt", async () => {
    const { store, context } = library;
    await commitParts(context, "s", ["one"]);
    for (const key of await blobKeys(store, "v/")) await harmBlob(store, key, "missing");
    await harmRef(store, "h/s", "flipped");
    expect((await repair()).findings).toMatchObject([
      {
        kind: "head",
        key: "h/s",
        repaired: false,
        message: expect.stringContaining("no version of it was found"),
      },
      { kind: "orphan", repaired: false },
    ]);
  });

  test("that somebody else changed meanwhile is left to them", async () => {
    const { store, context, clock } = library;
    await commitParts(context, "s", ["one"]);
    await harmRef(store, "h/s", "missing");
    let isDone = false;
    const { refs } = store;
    const raced = await openTestContext({
      clock,
      seed: 9,
      store: {
        blobs: store.blobs,
        refs: {
          capabilities: refs.capabilities,
          read: (...call) => refs.read(...call),
          list: (...call) => refs.list(...call),
          compareAndSet: async (key, ...call) => {
            if (key === "h/s" && !isDone) {
              isDone = true;
              await commitParts(context, "s", ["new"]);
            }
            return refs.compareAndSet(key, ...call);
          },
        },
      },
    });
    const report = await repairLibrary(raced, { dryRun: false, force: true });
    expect(report.findings).toMatchObject([{ kind: "head", repaired: false }]);
    expect(await partsAt(context, "s")).toEqual(["new"]);
  });
});

/** Deletes the version of the symbol `a`. */
async function loseVersionOfA(): Promise<void> {
  const { store, context } = library;
  for (const key of await blobKeys(store, "v/")) {
    const putBack = await harmBlob(store, key, "missing");
    if ((await partsAt(context, "a")) === "data-integrity") return;
    await putBack();
  }
}

describe("a snapshot", () => {
  beforeEach(async () => {
    const { context } = library;
    await commitParts(context, "a", ["one"]);
    await commitParts(context, "b", ["two"]);
    await createSnapshot(context, "dropped");
    await createSnapshot(context, "snap");
    await deleteSnapshot(context, "dropped");
  });

  test("vector 108: forgets versions that are gone only when told to; others are not touched", async () => {
    const { context } = library;
    await loseVersionOfA();
    const told = await repair();
    expect(told.repaired).toBe(0);
    expect(told.findings.map(({ kind, snapshot }) => [kind, snapshot])).toEqual([
      ["snapshot", "dropped"],
      ["snapshot", "snap"],
      ["version", undefined],
      ["orphan", undefined],
    ]);
    expect(await partsAt(context, "b")).toEqual(["two"]);
    const { findings } = await repair({ giveUpLost: true });
    expect(findings.filter(({ repaired }) => repaired)).toMatchObject([
      { kind: "snapshot", snapshot: "dropped", symbol: "a" },
      { kind: "snapshot", snapshot: "snap", symbol: "a" },
    ]);
    expect(await partsAt(context, "a", "snap")).toBe("no-data-found");
    expect(await partsAt(context, "b", "snap")).toEqual(["two"]);
    expect(await errors()).toMatchObject([{ kind: "version", symbol: "a", snapshot: undefined }]);
    expect(await refKeysFrom(library.store, "n/")).toEqual(["n/snap"]);
    // The version itself can only be removed.
    await deleteVersion(context, "a", 1, { allowLatest: true });
    await library.clock.sleep(26 * hourMs);
    await repair();
    expect((await library.check()).findings).toEqual([]);
  });

  test("forgets pages that are gone only when told to", async () => {
    const { context, store } = library;
    for (const key of await blobKeys(store, "x/")) await harmBlob(store, key, "truncated");
    expect((await repair()).repaired).toBe(0);
    expect((await repair({ giveUpLost: true })).repaired).toBe(2);
    expect(await partsAt(context, "a", "snap")).toBe("no-data-found");
    expect((await repair({ minAgeMs: 0 })).findings).toEqual([]);
    expect((await library.check()).findings).toEqual([]);
  });

  test("whose record is damaged is given up only when told to", async () => {
    const { store } = library;
    const before = await store.refs.read(toKey("n/snap"));
    await harmRef(store, "n/snap", "flipped");
    const damaged = (await store.refs.read(toKey("n/snap")))?.value;
    expect(damaged).not.toEqual(before?.value);
    expect((await repair()).findings).toMatchObject([
      { kind: "snapshot", key: "n/snap", repaired: false },
      { kind: "orphan", repaired: false },
    ]);
    const saved: unknown[] = [];
    const report = await repair({
      giveUpLost: true,
      saveDamaged: async (key, bytes) => {
        saved.push(key, bytes);
      },
    });
    expect(report.findings).toMatchObject([{ kind: "snapshot", key: "n/snap", repaired: true }]);
    expect(saved).toEqual(["n/snap", damaged]);
    await repair({ minAgeMs: 0 });
    expect((await library.check()).findings).toEqual([]);
  });
});

describe("an intent that cannot be read", () => {
  test("is deleted once its transaction cannot run any more", async () => {
    const { context, store, clock } = library;
    const { id } = await Transaction.begin(context, "s");
    await harmRef(store, `i/${id}`, "truncated");
    expect((await repair()).findings).toMatchObject([{ kind: "intent", repaired: false }]);
    await clock.sleep(dayMs);
    expect((await repair()).findings).toMatchObject([
      { kind: "intent", transactionId: id, repaired: true },
    ]);
    expect(await refKeysFrom(store, "i/")).toEqual([]);
    expect((await library.check()).findings).toEqual([]);
  });
});

test("findings are told one by one, counted, and kept up to a bound", async () => {
  const { context, store } = library;
  for (const symbol of ["a", "b", "c"]) {
    await commitParts(context, symbol, ["x"]);
    await harmRef(store, headKey(symbol), "flipped");
  }
  const told: boolean[] = [];
  const report = await repair({ maxFindings: 2, onFinding: ({ repaired }) => told.push(repaired) });
  expect(told).toEqual([true, true, true]);
  expect(report).toMatchObject({ counts: { error: 3 }, repaired: 3 });
  expect(report.findings).toHaveLength(2);
});
