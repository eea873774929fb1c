import type { Clock } from "@foretile/resilience";
import { toKey, type RefStore, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import type { CollectProgress } from "../../src/collect/collect-options.ts";
import { readIntent, replaceIntent } from "../../src/commit/intent.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { prune } from "../../src/retention/prune.ts";
import { undelete } from "../../src/retention/undelete.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { placePending } from "../../src/snapshot/pending-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { commitTexts } from "../text-versions.ts";
import { commitParts, partsAt } from "./part-values.ts";
import { blobKeys, contentsOf, refKeysFrom } from "./store-contents.ts";

const hourMs = 3_600_000;
const graceMs = 25 * hourMs;
const dayMs = 24 * hourMs;

let clock: Clock;
let store: Store;
let context: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  store = openMemoryStore();
  context = await openTestContext({ clock, store });
});

const force = { force: true };

/** Leaves what a process leaves that dies after it stored two segments. */
async function leaveOrphans(symbol: string): Promise<string> {
  const transaction = await Transaction.begin(context, symbol);
  await transaction.putSegment(new Uint8Array(10), new Uint8Array(16));
  await transaction.putSegment(new Uint8Array(20), new Uint8Array(16));
  return transaction.id;
}

describe("a collection", () => {
  test("changes nothing in a healthy library, transactions under way included", async () => {
    await commitParts(context, "s", ["a", "b"]);
    await commitParts(context, "s", ["b", "c"]);
    await createSnapshot(context, "snap");
    await deleteSymbol(context, "s");
    const running = await leaveOrphans("other");
    const before = await contentsOf(context);
    const report = await collect(context);
    expect(await contentsOf(context)).toEqual(before);
    expect(await refKeysFrom(store, "collection")).toEqual([]);
    expect(report).toMatchObject({ versions: 0, snapshots: 0, expired: [], deferredBy: [] });
    expect(report.owners).toEqual([]);
    expect(report.found.segments).toEqual({ blobs: 5, bytes: 33 });
    expect(await refKeysFrom(store, "i/")).toEqual([`i/${running}`]);
  });

  test("deletes removed versions after the grace time, but not what others share with them", async () => {
    await commitParts(context, "s", ["a", "b"]);
    await commitParts(context, "s", ["b", "c"]);
    await deleteVersion(context, "s", 1);
    await clock.sleep(graceMs - 1);
    expect(await collect(context)).toMatchObject({ versions: 0 });
    expect(await blobKeys(store, "s/")).toHaveLength(3);
    await clock.sleep(1);
    const report = await collect(context, force);
    expect(report).toMatchObject({
      dryRun: false,
      versions: 1,
      deleted: {
        segments: { blobs: 1, bytes: 1 },
        versions: { blobs: 1 },
        historyPages: { blobs: 1 },
      },
    });
    expect(await blobKeys(store, "s/")).toHaveLength(2);
    expect(await blobKeys(store, "v/")).toHaveLength(1);
    expect(await partsAt(context, "s")).toEqual(["b", "c"]);
    expect(await collect(context)).toMatchObject({ versions: 0, owners: [] });
  });

  test("keeps a deleted symbol as long as the deletion can be taken back", async () => {
    await commitParts(context, "s", ["a"]);
    await deleteSymbol(context, "s");
    await clock.sleep(7 * dayMs - 1);
    await collect(context, force);
    await undelete(context, "s");
    expect(await partsAt(context, "s")).toEqual(["a"]);
    await deleteSymbol(context, "s");
    await clock.sleep(7 * dayMs);
    expect(await collect(context, force)).toMatchObject({ versions: 2 });
    await expect(undelete(context, "s")).rejects.toMatchObject({ code: "no-data-found" });
    expect(await blobKeys(store, "s/")).toEqual([]);
    expect(await commitParts(context, "s", ["b"])).toBe(4);
  });

  test("keeps what a snapshot pins, and deletes it when the snapshot is gone long enough", async () => {
    await commitParts(context, "s", ["a"]);
    await createSnapshot(context, "snap");
    await commitParts(context, "s", ["b"]);
    await deleteSymbol(context, "s", { hard: true });
    await clock.sleep(graceMs);
    await collect(context, force);
    expect(await partsAt(context, "s", "snap")).toEqual(["a"]);
    await deleteSnapshot(context, "snap");
    await deleteVersion(context, "s", 1, { allowLatest: true });
    await clock.sleep(graceMs - 1);
    await collect(context, force);
    expect(await blobKeys(store, "s/")).toHaveLength(1);
    // For readers that found the snapshot before it was deleted.
    expect(await blobKeys(store, "x/")).toHaveLength(1);
    await clock.sleep(1);
    expect(await collect(context, force)).toMatchObject({ snapshots: 1, versions: 1 });
    expect(await blobKeys(store, "s/")).toEqual([]);
    expect(await blobKeys(store, "x/")).toEqual([]);
    expect(await refKeysFrom(store, "n/")).toEqual([]);
  });

  test("deletes pages of history that newer ones replaced", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 400 }, (_, index) => `${index}`),
    );
    const before = (await blobKeys(store, "p/")).length;
    const report = await collect(context);
    expect(report.deleted.historyPages.blobs).toBeGreaterThan(0);
    expect(await blobKeys(store, "p/")).toHaveLength(before - report.deleted.historyPages.blobs);
    expect(await collect(context)).toMatchObject({ deleted: { historyPages: { blobs: 0 } } });
    for (const version of [1, 33, 300, 400]) {
      expect(await partsAt(context, "s", version)).not.toBe("data-integrity");
    }
  });

  test("gives up transactions that outlived their lifetime, and deletes what they left", async () => {
    await commitParts(context, "s", ["a"]);
    const id = await leaveOrphans("s");
    await clock.sleep(1.1 * hourMs);
    expect(await collect(context, force)).toMatchObject({ expired: [] });
    await clock.sleep(1);
    const report = await collect(context, force);
    expect(report).toMatchObject({
      expired: [id],
      deleted: { segments: { blobs: 2, bytes: 30 } },
      owners: [{ transactionId: id, blobs: 2, bytes: 30 }],
    });
    expect(await refKeysFrom(store, "i/")).toEqual([]);
    expect(await blobKeys(store, "s/")).toHaveLength(1);
  });

  test("gives transactions up that an earlier collection began to give up, whatever the clock says", async () => {
    const id = await leaveOrphans("s");
    const state = await readIntent(context, id);
    if (state === undefined) throw new Error("the transaction has an intent");
    await replaceIntent(context, state, { state: "aborted" });
    expect(await collect(context, force)).toMatchObject({ expired: [id], owners: [{ blobs: 2 }] });
    expect(await refKeysFrom(store, "i/")).toEqual([]);
  });

  test("gives a transaction up in its intent first, and then in what it may change", async () => {
    await commitParts(context, "s", ["old"]);
    const slow = await openTestContext({
      store,
      seed: 2,
      clock: createInstantClock({ startMs: START_MS }),
    });
    const transaction = await Transaction.begin(slow, "s");
    const atBuild = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    let commit: Promise<unknown> | undefined;
    // It looks at the head and at its intent at the last moment before the intent says that it is given up.
    const { refs } = store;
    const watched: RefStore = {
      capabilities: refs.capabilities,
      read: (...call) => refs.read(...call),
      list: (...call) => refs.list(...call),
      compareAndSet: async (...call) => {
        if (call[0] === `i/${transaction.id}` && commit === undefined) {
          commit = transaction.commit(async () => {
            atBuild.resolve();
            await mayGoOn.promise;
            return { operation: "delete" };
          });
          await atBuild.promise;
        }
        return refs.compareAndSet(...call);
      },
    };
    await clock.sleep(2 * hourMs);
    const collector = await openTestContext({
      clock,
      seed: 3,
      store: { blobs: store.blobs, refs: watched },
    });
    expect(await collect(collector)).toMatchObject({ expired: [transaction.id] });
    mayGoOn.resolve();
    await expect(commit).rejects.toMatchObject({ code: "transaction-expired" });
    expect(await partsAt(context, "s")).toEqual(["old"]);
  });

  test("lets no transaction that was given up publish anything", async () => {
    // By the clock of its own process it has just begun.
    const slow = await openTestContext({
      store,
      seed: 2,
      clock: createInstantClock({ startMs: START_MS }),
    });
    for (const symbol of ["there", "new"]) {
      const atBuild = Promise.withResolvers<void>();
      const mayGoOn = Promise.withResolvers<void>();
      if (symbol === "there") await commitParts(context, symbol, ["old"]);
      const transaction = await Transaction.begin(slow, symbol);
      const segment = await transaction.putSegment(new Uint8Array(10), new Uint8Array(16));
      const commit = transaction.commit(async () => {
        atBuild.resolve();
        await mayGoOn.promise;
        return {
          manifest: { handler: "h", body: 0, segments: [segment] },
          identity: new Uint8Array(),
          rawBytes: 0,
        };
      });
      await atBuild.promise;
      await clock.sleep(2 * hourMs);
      await collect(context, force);
      mayGoOn.resolve();
      await expect(commit).rejects.toMatchObject({ code: "transaction-expired" });
      await transaction.abandon();
    }
    expect(await partsAt(context, "there")).toEqual(["old"]);
    expect(await partsAt(context, "new")).toBe("no-data-found");
    await collect(context, force);
    expect(await blobKeys(store, "s/")).toHaveLength(1);
  });

  test("frees the name of a snapshot whose maker died", async () => {
    const { id } = await Workspace.open(context, {
      kind: "snapshot",
      symbols: [],
      snapshot: "snap",
      lifetimeMs: hourMs,
    });
    const facts = { createdAtMs: START_MS, metadata: null, immutable: false };
    await placePending(context, "snap", id, facts);
    await collect(context);
    expect(await refKeysFrom(store, "n/")).toEqual(["n/snap"]);
    await clock.sleep(2 * hourMs);
    expect(await collect(context)).toMatchObject({ expired: [id] });
    expect(await refKeysFrom(store, "n/")).toEqual([]);
    // A late copy of the request that placed it.
    await placePending(context, "snap", id, facts);
    await collect(context);
    expect(await refKeysFrom(store, "n/")).toEqual([]);
  });

  test("reads no version that was removed", async () => {
    for (let version = 1; version <= 20; version += 1)
      await commitParts(context, "s", [`${version}`]);
    await prune(context, "s", { keepLast: 1 });
    await clock.sleep(graceMs);
    const { requests, versions } = await collect(context, force);
    // The version that stays, and the page of those that go.
    expect([versions, requests.blobReads]).toEqual([19, 2]);
  });

  test("lets the library be measured anew", async () => {
    const forget = vi.spyOn(context.usage, "forget");
    await leaveOrphans("s");
    await collect(context, force);
    expect(forget).not.toHaveBeenCalled();
    await clock.sleep(2 * hourMs);
    await collect(context, force);
    expect(forget).toHaveBeenCalled();
  });

  test("leaves alone what no library stored", async () => {
    await store.blobs.putNew(toKey("s/zz/foreign"), new Uint8Array(1));
    await store.blobs.putNew(toKey("other"), new Uint8Array(1));
    expect(await collect(context, force)).toMatchObject({ foreign: 2, owners: [] });
    expect(await blobKeys(store)).toHaveLength(2);
  });

  test("leaves young transactions alone when told to", async () => {
    const id = await leaveOrphans("s");
    await clock.sleep(12 * hourMs);
    expect(await collect(context, { minAgeMs: dayMs, ...force })).toMatchObject({
      expired: [],
      owners: [],
    });
    await store.refs
      .read(toKey(`i/${id}`))
      .then((ref) => store.refs.compareAndSet(toKey(`i/${id}`), ref?.token, undefined));
    expect(await collect(context, { minAgeMs: dayMs, ...force })).toMatchObject({ owners: [] });
    await clock.sleep(13 * hourMs);
    expect(await collect(context, { minAgeMs: dayMs, ...force })).toMatchObject({
      owners: [{ transactionId: id }],
    });
  });

  test("refuses to delete a large part of the library unless it is forced", async () => {
    await commitParts(context, "s", ["x".repeat(10_000)]);
    await commitParts(context, "s", ["y"]);
    await deleteVersion(context, "s", 1);
    await clock.sleep(graceMs);
    const before = await contentsOf(context);
    await expect(collect(context)).rejects.toMatchObject({ code: "collection-refused" });
    expect(await contentsOf(context)).toEqual(before);
    expect(await collect(context, { maxShare: 0.999 })).toMatchObject({ versions: 1 });
  });

  test("tells how far it is", async () => {
    await commitParts(context, "s", ["a", "b"]);
    await commitParts(context, "s", ["c"]);
    await deleteVersion(context, "s", 1);
    await clock.sleep(graceMs);
    const steps: CollectProgress[] = [];
    await collect(context, { ...force, onProgress: (progress) => steps.push(progress) });
    expect(steps[0]).toEqual({ phase: "list", done: 6, total: undefined });
    expect(steps[1]).toEqual({ phase: "mark", done: 1, total: undefined });
    expect(steps.slice(2)).toEqual([
      { phase: "sweep", done: 1, total: 4 },
      { phase: "sweep", done: 2, total: 4 },
      { phase: "sweep", done: 4, total: 4 },
    ]);
  });

  test("ends with its signal's reason", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stop"));
    await expect(collect(context, { signal: controller.signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  test("needs a library that may be changed, except to tell what would go", async () => {
    const readOnly = await openTestContext({ store, readOnly: true });
    await expect(collect(readOnly)).rejects.toMatchObject({ code: "read-only-library" });
    expect(await collect(readOnly, { dryRun: true })).toMatchObject({ dryRun: true });
  });

  test.each([{ minAgeMs: -1 }, { maxShare: 1.1 }, { maxShare: Number.NaN }, { waitMs: -1 }])(
    "refuses options that cannot be meant: %o",
    async (options) => {
      await expect(collect(context, options)).rejects.toMatchObject({ code: "invalid-argument" });
    },
  );
});
