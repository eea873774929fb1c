import { createCallCounter, withObserver } from "@foretile/storage/layers";
import type { RefStore, Store } from "@foretile/storage";
import { createInstantClock } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import { BlobTable } from "../../src/collect/blob-table.ts";
import { collect } from "../../src/collect/collect.ts";
import { claimCollection, readCollectionRecord } from "../../src/collect/collection-record.ts";
import { markNeeded } from "../../src/collect/mark-needed.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { undelete } from "../../src/retention/undelete.ts";
import { openTestContext } from "../open-test-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { harmBlob } from "./damaged-store.ts";
import { commitParts, partsAt } from "./part-values.ts";
import { makeSample, missingFrom, openSample, SAMPLE_END_MS } from "./sample-library.ts";
import { blobKeys, contentsOf, refKeysFrom } from "./store-contents.ts";

const sample = await makeSample();
const force = { force: true };
const hourMs = 3_600_000;

/** Runs something once, before the nth compare-and-set of a record. */
function beforeChange(
  { blobs, refs }: Store,
  prefix: string,
  intervene: () => Promise<void>,
): Pick<Store, "blobs" | "refs"> {
  let isDone = false;
  const watched: RefStore = {
    capabilities: refs.capabilities,
    read: (...call) => refs.read(...call),
    list: (...call) => refs.list(...call),
    compareAndSet: async (...call) => {
      if (!isDone && call[0].startsWith(prefix)) {
        isDone = true;
        await intervene();
      }
      return refs.compareAndSet(...call);
    },
  };
  return { blobs, refs: watched };
}

describe("a dry run", () => {
  test("tells what would go, and changes nothing at all", async () => {
    const counter = createCallCounter();
    const { context } = await openSample(sample, {
      wrap: (store) =>
        withObserver(store, {
          observe: counter.observe,
          clock: createInstantClock({ startMs: 0 }),
        }),
    });
    const before = await contentsOf(context);
    counter.reset();
    const dry = await collect(context, { dryRun: true });
    expect([...counter.totals().keys()].sort()).toEqual([
      "blobs.get",
      "blobs.list",
      "refs.list",
      "refs.read",
    ]);
    expect(await contentsOf(context)).toEqual(before);
    const real = await collect(context, force);
    const { requests: _dry, ...told } = dry;
    const { requests: _real, ...done } = real;
    expect(told).toEqual({ ...done, dryRun: true });
  });

  test("counts its requests", async () => {
    const counter = createCallCounter();
    const { context } = await openSample(sample, {
      wrap: (store) =>
        withObserver(store, {
          observe: counter.observe,
          clock: createInstantClock({ startMs: 0 }),
        }),
    });
    const { requests } = await collect(context, force);
    const calls = (name: string): number =>
      [...counter.totals()].find(([operation]) => operation === name)?.[1].calls ?? 0;
    expect(requests).toMatchObject({
      blobReads: calls("blobs.get"),
      blobLists: 1,
      blobDeletes: calls("blobs.deleteMany"),
      blobWrites: 0,
      refReads: calls("refs.read"),
      refChanges: calls("refs.compareAndSet"),
    });
    // Heads and snapshots twice, each in two ranges, and intents; the longest range has one batch.
    expect(requests.refLists).toBe(9);
  });
});

describe("two collectors at once", () => {
  test("leave what one leaves, wherever the second one comes in between", async () => {
    const alone = await openSample(sample);
    await collect(alone.context, force);
    const wanted = await contentsOf(alone.context);
    for (const prefix of ["i/", "h/a", "h/b", "n/", "collection"]) {
      let second: LibraryContext | undefined;
      let runs = 0;
      const { store, context } = await openSample(sample, {
        wrap: (inner) =>
          beforeChange(inner, prefix, async () => {
            runs += 1;
            if (second !== undefined) await collect(second, force);
          }),
      });
      const clock = createInstantClock({ startMs: SAMPLE_END_MS });
      second = await openTestContext({ store, seed: 3, clock });
      await collect(context, force);
      expect(runs).toBe(1);
      expect(await missingFrom(context)).toEqual([]);
      expect(await contentsOf(context)).toEqual(wanted);
    }
  });

  test("notice each other: who knew what is garbage before the other took something away begins anew", async () => {
    const { context } = await openSample(sample);
    const record = await readCollectionRecord(context);
    expect(await claimCollection(context, "one", record)).toBe(true);
    expect(await claimCollection(context, "two", record)).toBe(false);
    expect(await claimCollection(context, "two", await readCollectionRecord(context))).toBe(true);
  });

  test("do not take what the other deletes for damage", async () => {
    const { store, context } = await openSample(sample);
    const record = await readCollectionRecord(context);
    const [key = ""] = await blobKeys(store, "v/");
    await harmBlob(store, key, "missing");
    const roots = { removals: new Map(), dropped: new Map(), pending: [] };
    const options = { symbols: undefined, onProgress: () => undefined };
    const mark = () => markNeeded(context, new BlobTable(), roots, record, options);
    await expect(mark()).rejects.toMatchObject({ code: "data-integrity" });
    await claimCollection(context, "other", record);
    expect(await mark()).toBe("disturbed");
  });

  test("give up after being disturbed again and again, with nothing deleted", async () => {
    let claims = 0;
    const { store, context } = await openSample(sample, {
      wrap: ({ blobs, refs }) => ({
        blobs,
        refs: {
          capabilities: refs.capabilities,
          read: (...call) => refs.read(...call),
          list: (...call) => refs.list(...call),
          compareAndSet: async (key, expected, next, options) => {
            if (key !== "collection") return refs.compareAndSet(key, expected, next, options);
            claims += 1;
            const now = await refs.read(key);
            await refs.compareAndSet(key, now?.token, new Uint8Array([claims]));
            return refs.compareAndSet(key, expected, next, options);
          },
        },
      }),
    });
    const blobs = await blobKeys(store);
    await expect(collect(context, force)).rejects.toMatchObject({
      code: "concurrent-modification",
      retry: "safe",
    });
    expect(claims).toBe(5);
    expect(await blobKeys(store)).toEqual(blobs);
  });
});

describe("a removal that is due", () => {
  test("is kept when it is taken back before it is condemned", async () => {
    const clock = createInstantClock({ startMs: SAMPLE_END_MS - 100 * hourMs });
    let second: LibraryContext | undefined;
    const { store, context } = await openSample(sample, {
      clock,
      wrap: (inner) =>
        beforeChange(inner, "collection", async () => {
          if (second !== undefined) await undelete(second, "t");
        }),
    });
    second = await openTestContext({ store, seed: 3, clock });
    await commitParts(second, "t", ["one", "two"]);
    await deleteSymbol(second, "t", { hard: true });
    await clock.sleep(100 * hourMs);
    await collect(context, force);
    expect(await partsAt(second, "t")).toEqual(["one", "two"]);
  });

  test.each(["snapshot", "restore"] as const)(
    "waits for a %s that is being made, and is left to the next collection when that takes too long",
    async (kind) => {
      const { store, context } = await openSample(sample);
      await collect(context, force);
      const { id } = await Workspace.open(context, {
        kind,
        symbols: [],
        lifetimeMs: 1000 * hourMs,
      });
      await deleteVersion(context, "a", 3);
      await createSnapshot(context, "soon gone");
      await deleteSnapshot(context, "soon gone");
      await context.clock.sleep(26 * hourMs);
      const before = await contentsOf(context);
      const startedMs = context.clock.monotonicMs();
      expect(await collect(context, { ...force, waitMs: 10_000 })).toMatchObject({
        deferredBy: [id],
        versions: 0,
      });
      expect(context.clock.monotonicMs() - startedMs).toBe(10_000);
      expect(await contentsOf(context)).toEqual(before);
      expect(await collect(context, { dryRun: true })).toMatchObject({ deferredBy: [id] });
      // It ends while the collection waits.
      const patient = await openTestContext({
        store,
        seed: 4,
        clock: {
          ...context.clock,
          sleep: async (durationMs, signal) => {
            await context.clock.sleep(durationMs, signal);
            const key = `i/${id}` as never;
            const ref = await store.refs.read(key);
            if (ref !== undefined) await store.refs.compareAndSet(key, ref.token, undefined);
          },
        },
      });
      expect(await collect(patient, force)).toMatchObject({
        deferredBy: [],
        versions: 1,
        snapshots: 1,
      });
      expect(await refKeysFrom(store, "i/")).toEqual([]);
    },
  );
});
