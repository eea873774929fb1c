import { toKey, type BlobStore, type RefStore } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { checkLibrary } from "../../src/check/check-library.ts";
import type { CheckProgress } from "../../src/check/check-options.ts";
import { collect } from "../../src/collect/collect.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import { readHead } from "../../src/head/head-record.ts";
import { headKey } from "../../src/library/keys.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { prune } from "../../src/retention/prune.ts";
import { undelete } from "../../src/retention/undelete.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { placePending } from "../../src/snapshot/pending-snapshot.ts";
import { harmBlob, harmRef, harms, replaceBlob } from "../collect/damaged-store.ts";
import { dyingStore } from "../collect/dying-store.ts";
import { commitParts, partsAt } from "../collect/part-values.ts";
import { blobKeys } from "../collect/store-contents.ts";
import { openTestContext } from "../open-test-context.ts";
import { commitTexts } from "../text-versions.ts";
import { openChecked, type CheckedLibrary } from "./open-checked.ts";

const hourMs = 3_600_000;

let library: CheckedLibrary;

beforeEach(async () => {
  library = await openChecked();
});

/** Two symbols, three versions that share segments, and a snapshot. */
async function fill(): Promise<void> {
  const { context } = library;
  await commitParts(context, "a", ["one", "two"]);
  await createSnapshot(context, "snap");
  await commitParts(context, "a", ["two", "three"]);
  await commitParts(context, "b", ["bee"]);
}

/** The key of the segment with a text. */
async function segmentOf(text: string): Promise<string> {
  const { store } = library;
  for (const key of await blobKeys(store, "s/")) {
    const bytes = await store.blobs.get(toKey(key));
    if (new TextDecoder().decode(bytes) === text) return key;
  }
  throw new Error(`no segment holds the text text=${text}`);
}

describe("a check of a sound library", () => {
  test("finds nothing, whatever was done with it", async () => {
    const { context, clock, check } = library;
    await fill();
    await commitTexts(
      context,
      "long",
      Array.from({ length: 150 }, (_, index) => `${index}`),
    );
    await deleteVersion(context, "long", 70);
    await deleteVersion(context, "long", 150, { allowLatest: true });
    await commitTexts(context, "long", ["newest"]);
    await deleteSymbol(context, "a");
    await undelete(context, "a");
    await commitParts(context, "a", ["four"]);
    await deleteSymbol(context, "b");
    await commitParts(context, "b", ["five"]);
    await createSnapshot(context, "other");
    await deleteSnapshot(context, "other");
    await Transaction.begin(context, "running");
    // Pages that newer ones replaced.
    const orphans = (await check()).findings;
    expect(orphans.every(({ kind }) => kind === "orphan")).toBe(true);
    await collect(context, { force: true });
    expect(await check()).toMatchObject({ findings: [], symbols: 3, snapshots: 1 });
    await clock.sleep(26 * hourMs * 8);
    await collect(context, { force: true });
    await Transaction.begin(context, "running");
    expect(await check()).toMatchObject({ findings: [], symbols: 4, snapshots: 1 });
  });

  test("says how much it looked at", async () => {
    await fill();
    const steps: CheckProgress[] = [];
    expect(await library.check({ onProgress: (progress) => steps.push(progress) })).toEqual({
      level: 2,
      healthy: true,
      findings: [],
      counts: { error: 0, warning: 0, note: 0 },
      symbols: 2,
      versions: 3,
      snapshots: 1,
      segments: { blobs: 4, bytes: 14 },
      verified: { blobs: 4, bytes: 14 },
    });
    expect(steps).toEqual([
      { phase: "list", done: 8, verifiedBytes: 0 },
      { phase: "walk", done: 2, verifiedBytes: 14 },
      { phase: "walk", done: 3, verifiedBytes: 14 },
    ]);
    expect(await library.check({ level: 1 })).toMatchObject({
      segments: { blobs: 4, bytes: 14 },
      verified: { blobs: 0, bytes: 0 },
    });
    expect(await library.check({ symbols: ["b"] })).toMatchObject({ symbols: 1, versions: 1 });
    expect(await library.check({ prefix: "a" })).toMatchObject({ symbols: 1, versions: 2 });
  });

  test("makes no request per segment below level 2, and then holds no more bytes than it may", async () => {
    const { context, store } = library;
    const parts = Array.from({ length: 50 }, (_, index) => `part ${10 + index}`);
    await commitParts(context, "many", parts);
    let [reads, inFlight, most] = [0, 0, 0];
    const blobs: BlobStore = {
      ...store.blobs,
      get: async (key, options) => {
        const bytes = await store.blobs.get(key, options);
        if (!key.startsWith("s/")) return bytes;
        reads += 1;
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise(setImmediate);
        inFlight -= 1;
        return bytes;
      },
    };
    const observed = await openTestContext({ store: { blobs, refs: store.refs } });
    for (const level of [0, 1] as const) await checkLibrary(observed, { level });
    expect(reads).toBe(0);
    const verifiers = new Map([["parts", () => undefined]]);
    const options = { level: 2, verifiers } as const;
    await checkLibrary(observed, { ...options, maxBytesInFlight: 21 });
    expect([reads, most]).toEqual([50, 3]);
    await checkLibrary(observed, { ...options, maxBytesInFlight: 1 });
    expect(reads).toBe(100);
  });

  test("passes over what a collection deletes meanwhile", async () => {
    const { context, clock, findings, store } = library;
    await fill();
    await deleteVersion(context, "a", 2, { allowLatest: true });
    await clock.sleep(26 * hourMs);
    // A collection that died after any number of its calls.
    for (let n = 1; ; n += 1) {
      const dying = await openTestContext({
        store: dyingStore(store, n, "halfway"),
        clock,
        seed: n + 5,
      });
      const outcome = await collect(dying, { force: true }).catch((error: unknown) => error);
      const kinds = (await findings()).map(([kind]) => kind);
      expect(kinds.every((kind) => kind === "orphan")).toBe(true);
      if (!(outcome instanceof Error)) break;
    }
  });
});

/** A library of which a blob is read for the first time: something happens just before. */
async function whenFirstRead(area: string, intervene: () => Promise<void>) {
  const { store, clock } = library;
  let isDone = false;
  const blobs: BlobStore = {
    ...store.blobs,
    get: async (key, options) => {
      if (!isDone && key.startsWith(area)) {
        isDone = true;
        await intervene();
      }
      return store.blobs.get(key, options);
    },
  };
  return openTestContext({ store: { blobs, refs: store.refs }, clock, seed: 9 });
}

describe("a check beside others", () => {
  test.each(["v/", "p/"])(
    "takes nothing for damage that is deleted meanwhile from %s",
    async (area) => {
      const { context, clock } = library;
      await commitTexts(
        context,
        "long",
        Array.from({ length: 70 }, (_, index) => `${index}`),
      );
      const checked = await whenFirstRead(area, async () => {
        await prune(context, "long", { keepLast: 1 });
        await clock.sleep(26 * hourMs);
        await collect(context, { force: true });
      });
      expect((await checkLibrary(checked, { level: 0 })).findings).toEqual([]);
    },
  );

  test("takes nothing for damage that is stored meanwhile", async () => {
    const { context, clock, store } = library;
    await fill();
    let isDone = false;
    const refs: RefStore = {
      ...store.refs,
      list: async function* list(range, options) {
        // Intents are looked for after the blobs, and before the heads.
        if (range.gte === "i/" && !isDone) {
          isDone = true;
          await commitParts(context, "a", ["two", "", "newer"]);
        }
        yield* store.refs.list(range, options);
      },
    };
    const checked = await openTestContext({ store: { blobs: store.blobs, refs }, clock, seed: 9 });
    expect(await checkLibrary(checked)).toMatchObject({ findings: [], versions: 4 });
    expect(isDone).toBe(true);
  });

  test.each(["v/", "p/"])("finds damage in %s though the head changes meanwhile", async (area) => {
    const { context, store } = library;
    await commitTexts(
      context,
      "long",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    const [key = ""] = await blobKeys(store, area);
    await harmBlob(store, key, "missing");
    const checked = await whenFirstRead(area, async () => {
      await commitTexts(context, "long", ["newer"]);
    });
    expect((await checkLibrary(checked, { level: 0 })).findings).toMatchObject([{ key }]);
  });
});

describe("damage", () => {
  test.each(harms)(
    "vector 103: to a segment that is %s is found, in every version that needs it",
    async (harm) => {
      const { store, context, findings } = library;
      await fill();
      const putBack = await harmBlob(store, await segmentOf("two"), harm);
      const found = [
        ["segment", "a", 1],
        ["segment", "a", 2],
        // The snapshot.
        ["segment", "a", 1],
      ];
      const told = await findings({ symbols: ["a"] });
      expect(told.map(String).sort()).toEqual(found.map(String).sort());
      expect(await findings({ level: 0 })).toEqual([]);
      expect(await findings({ level: 1 })).toHaveLength(harm === "flipped" ? 0 : 3);
      expect(await partsAt(context, "b")).toEqual(["bee"]);
      await putBack();
      expect(await findings()).toEqual([]);
    },
  );

  test("vector 104: two segments of equal length that changed places are found", async () => {
    const { store, findings } = library;
    await fill();
    const [one, two] = [await segmentOf("one"), await segmentOf("two")];
    await replaceBlob(store, one, new TextEncoder().encode("two"));
    await replaceBlob(store, two, new TextEncoder().encode("one"));
    expect(await findings({ level: 1 })).toEqual([]);
    expect(await findings()).toHaveLength(5);
  });

  test("vector 105: a last segment that is gone is found without reading any, and fine when it is back", async () => {
    const { context, store, findings } = library;
    const parts: string[] = [];
    for (const part of ["a", "b", "c"])
      await commitParts(context, "s", [...parts, part]).then(() => parts.push(part));
    const putBack = await harmBlob(store, await segmentOf("c"), "missing");
    expect(await findings({ level: 1 })).toEqual([["segment", "s", 3]]);
    expect(await partsAt(context, "s")).toBe("data-integrity");
    expect(await partsAt(context, "s", 2)).toEqual(["a", "b"]);
    await putBack();
    expect(await findings({ level: 1 })).toEqual([]);
    expect(await partsAt(context, "s")).toEqual(["a", "b", "c"]);
  });

  test.each(harms)("to any document that is %s is found at level 0", async (harm) => {
    const { context, store, check } = library;
    await fill();
    await commitTexts(
      context,
      "long",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    await deleteVersion(context, "b", 1, { allowLatest: true });
    await commitParts(context, "large", ["x".repeat(70_000)]);
    const documents = (await blobKeys(store)).filter((key) => !key.startsWith("s/"));
    const kinds = new Set<string>();
    for (const key of documents) {
      const putBack = await harmBlob(store, key, harm);
      const { findings, healthy } = await check({ level: 0 });
      expect(findings.map((finding) => finding.key)).toContain(key);
      expect(healthy).toBe(false);
      for (const { kind } of findings) kinds.add(kind);
      await putBack();
    }
    expect([...kinds].sort()).toEqual([
      "history-page",
      "manifest",
      "removed-page",
      "snapshot-page",
      "version",
    ]);
    expect((await check({ level: 0 })).findings).toEqual([]);
  });

  test.each(["truncated", "flipped"] as const)("to a record that is %s is found", async (harm) => {
    const kinds: Record<string, string> = { config: "config", "h/a": "head", "n/snap": "snapshot" };
    for (const [key, kind] of Object.entries(kinds)) {
      library = await openChecked();
      await fill();
      await harmRef(library.store, key, harm);
      const { findings } = await library.check({ level: 0 });
      expect(findings).toMatchObject([{ severity: "error", kind, key }]);
    }
    const { id } = await Transaction.begin(library.context, "s");
    await harmRef(library.store, `i/${id}`, harm);
    expect((await library.check({ level: 0 })).findings).toContainEqual(
      expect.objectContaining({ severity: "error", kind: "intent", transactionId: id }),
    );
  });

  test("to a head is found with its segments looked at, and what it names is no leftover", async () => {
    const { store, check } = library;
    await fill();
    await harmRef(store, "h/a", "flipped");
    for (const level of [0, 1, 2] as const) {
      const { findings } = await check({ level });
      expect(findings).toMatchObject([{ severity: "error", kind: "head", key: "h/a" }]);
    }
  });

  test("to the config that is gone is found", async () => {
    await harmRef(library.store, "config", "missing");
    expect(await library.findings()).toEqual([["config", undefined, undefined]]);
  });

  test("by a sound record in the wrong place is found", async () => {
    const { store, findings } = library;
    await fill();
    for (const [from, to] of [
      ["h/a", "h/c"],
      ["n/snap", "n/other"],
    ] as const) {
      const ref = await store.refs.read(toKey(from));
      await store.refs.compareAndSet(toKey(to), undefined, ref?.value);
    }
    expect(await findings({ level: 0 })).toEqual([
      ["head", undefined, undefined],
      ["snapshot", undefined, undefined],
    ]);
  });

  test("ends nothing: everything that is damaged is told, and so many are kept as asked for", async () => {
    const { store, check } = library;
    await fill();
    for (const key of await blobKeys(store, "v/")) await harmBlob(store, key, "missing");
    const told: string[] = [];
    const report = await check({ maxFindings: 2, onFinding: ({ kind }) => told.push(kind) });
    expect(told.filter((kind) => kind === "version")).toHaveLength(4);
    expect(report.findings).toHaveLength(2);
    // The segments of three versions that nobody can find any more.
    expect(report.counts).toEqual({ error: 4, warning: 3, note: 0 });
    expect(report.findings[0]?.message).toContain("version is missing");
  });
});

describe("what should not be there", () => {
  test("vector 106: is found, and harms nobody", async () => {
    const { store, context, check } = library;
    await fill();
    const [key = ""] = await blobKeys(store, "s/");
    const beside = key.replace(/\d{8}$/, "00000077");
    await store.blobs.putNew(toKey(beside), new Uint8Array(5));
    await store.blobs.putNew(toKey("s/other"), new Uint8Array(1));
    await store.refs.compareAndSet(toKey("Z"), undefined, new Uint8Array(1));
    await store.refs.compareAndSet(toKey("config2"), undefined, new Uint8Array(1));
    const { findings, healthy } = await check();
    expect(healthy).toBe(true);
    expect(findings).toMatchObject([
      { severity: "warning", kind: "foreign-blob", key: "s/other" },
      { severity: "warning", kind: "orphan", transactionId: key.slice(5, -9) },
      { severity: "warning", kind: "foreign-ref", key: "Z" },
      { severity: "warning", kind: "foreign-ref", key: "config2" },
    ]);
    expect(findings[1]?.message).toContain("1 blobs of 5 bytes");
    expect(await partsAt(context, "a")).toEqual(["two", "three"]);
    expect((await check({ level: 0 })).findings).toEqual([]);
    expect((await check({ prefix: "a" })).findings).toEqual([]);
  });

  test("is not what a running transaction stored; once it should be over, its intent is found", async () => {
    const { context, clock, findings } = library;
    const transaction = await Transaction.begin(context, "s");
    await transaction.putSegment(new Uint8Array(1), new Uint8Array(16));
    expect(await findings()).toEqual([]);
    await clock.sleep(2 * hourMs);
    expect(await findings()).toEqual([["stale-intent", "s", undefined]]);
    expect(await findings({ symbols: ["s"] })).toEqual([]);
  });

  test("is a snapshot whose maker is gone", async () => {
    const { context, store, findings } = library;
    const kind = { kind: "snapshot", symbols: [], snapshot: "snap", lifetimeMs: 1000 } as const;
    const { id } = await Workspace.open(context, kind);
    const facts = { createdAtMs: 0, metadata: null, immutable: false };
    await placePending(context, "snap", id, facts);
    expect(await findings()).toEqual([]);
    await harmRef(store, `i/${id}`, "missing");
    expect(await findings()).toEqual([["stale-snapshot", "snap", undefined]]);
  });

  test("is a complete version that no head names", async () => {
    const { store, check } = library;
    await fill();
    await harmRef(store, "h/b", "missing");
    expect((await check()).findings).toMatchObject([
      { severity: "error", kind: "stranded-version", symbol: "b", version: 1 },
    ]);
  });

  test("is not what a collection that died has condemned", async () => {
    const { context, store, clock, findings } = library;
    await fill();
    await deleteVersion(context, "b", 1, { allowLatest: true });
    await clock.sleep(26 * hourMs);
    for (let n = 1, isCondemned = false; !isCondemned; n += 1) {
      const dying = await openTestContext({
        store: dyingStore(store, n, "after"),
        clock,
        seed: n + 5,
      });
      await collect(dying, { force: true }).catch(() => undefined);
      const state = await readHead(context, headKey("b"), "b");
      isCondemned = state?.head.removals.some(({ condemned }) => condemned) ?? true;
    }
    expect(await blobKeys(store, "p/")).toHaveLength(1);
    expect(await findings()).toEqual([]);
  });
});

describe("segments of an unknown handler", () => {
  test("are compared in length, and a note says that they were not verified", async () => {
    const { context, check } = library;
    await using transaction = await Transaction.begin(context, "s");
    const segments = [
      await transaction.putSegment(new Uint8Array(1), new Uint8Array(16)),
      await transaction.putSegment(new Uint8Array(0), new Uint8Array(16)),
    ];
    await transaction.commit(() => ({
      manifest: { handler: "strange", body: 0, segments },
      identity: new Uint8Array(),
      rawBytes: 0,
    }));
    const report = await check();
    expect(report).toMatchObject({ healthy: true, verified: { blobs: 0 }, counts: { note: 1 } });
    expect(report.findings).toMatchObject([{ severity: "note", kind: "unverified" }]);
    expect(report.findings[0]?.message).toContain(
      '2 segments of another handler were not verified handler="strange"',
    );
    expect((await check({ level: 1 })).findings).toEqual([]);
  });
});

test("symbols and a prefix together are refused", async () => {
  await expect(library.check({ symbols: ["a"], prefix: "a" })).rejects.toMatchObject({
    code: "invalid-argument",
  });
});
