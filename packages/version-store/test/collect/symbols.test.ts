import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { editHeadWithPages } from "../../src/commit/edit-head-with-pages.ts";
import { pageWriters } from "../../src/commit/page-writers.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { removeVersions } from "../../src/head/remove-versions.ts";
import { selectVersions } from "../../src/head/version-selection.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { prune } from "../../src/retention/prune.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { commitParts, partsAt } from "./part-values.ts";
import { harmBlob } from "./damaged-store.ts";
import { dyingStore } from "./dying-store.ts";
import { makeSample, missingFrom, openSample, SAMPLE_END_MS } from "./sample-library.ts";
import { blobKeys, contentsOf, refKeysFrom } from "./store-contents.ts";

const sample = await makeSample();
const hourMs = 3_600_000;

describe("a collection of some symbols", () => {
  test("deletes what was removed from them and nothing else", async () => {
    const { store, context } = await openSample(sample);
    const before = new Set(await blobKeys(store));
    const intents = await refKeysFrom(store, "i/");
    const report = await collect(context, { symbols: ["a", "d", "unknown"] });
    // Only what might carry references is given up.
    expect(report.expired).toHaveLength(1);
    expect(report).toMatchObject({ versions: 3, snapshots: 0, deferredBy: [] });
    expect(report.requests.blobLists).toBe(0);
    expect(await missingFrom(context)).toEqual([]);
    const after = new Set(await blobKeys(store));
    const gone = [...before].filter((key) => !after.has(key));
    // The segments "a1" of the first version, "a2", "gone" and "d1", three versions and one manifest, three pages of removed versions.
    expect(gone.map((key) => key[0]).join("")).toBe("mpppssssvvv");
    expect(sumOfBlobs(report.deleted)).toBe(gone.length);
    // What died is left to a collection of everything.
    expect(await refKeysFrom(store, "i/")).toEqual(intents);
    expect(await collect(context, { symbols: ["a", "d"] })).toMatchObject({ versions: 0 });
    expect(await collect(context, { force: true })).toMatchObject({ versions: 2 });
    const { context: whole } = await openSample(sample);
    await collect(whole, { force: true });
    expect(await contentsOf(context)).toEqual(await contentsOf(whole));
  });

  test("keeps what snapshots pin and what other versions share, deletions that can be taken back included", async () => {
    const clock = createInstantClock({ startMs: START_MS });
    const context = await openTestContext({ clock });
    await commitParts(context, "s", ["pinned", "both"]);
    await createSnapshot(context, "snap");
    await commitParts(context, "s", ["both", "alone"]);
    await commitParts(context, "s", ["both", "kept"]);
    await commitParts(context, "other", ["other"]);
    await clock.sleep(1);
    await createSnapshot(context, "later");
    await deleteVersion(context, "s", 2);
    await clock.sleep(24 * hourMs);
    await commitParts(context, "s", ["kept", "last"]);
    await deleteVersion(context, "s", 4, { allowLatest: true });
    await clock.sleep(2 * hourMs);
    expect(await collect(context, { symbols: ["s"] })).toMatchObject({ versions: 1 });
    expect(await partsAt(context, "s", "snap")).toEqual(["pinned", "both"]);
    expect(await partsAt(context, "s")).toEqual(["both", "kept"]);
    expect(await blobKeys(context, "s/")).toHaveLength(5);
  });

  test("keeps what only a snapshot names", async () => {
    const clock = createInstantClock({ startMs: START_MS });
    const context = await openTestContext({ clock });
    await commitParts(context, "s", ["pinned"]);
    await createSnapshot(context, "snap");
    await commitParts(context, "s", ["newest"]);
    // As if it had been removed while the snapshot was being made.
    await editHeadWithPages(context, "s", async (head, workspace) => {
      const selection = selectVersions([1]);
      const removal = { selection, reason: "prune", removedAtMs: 0, keepUntilMs: 0 } as const;
      return head && removeVersions(context, head, removal, pageWriters(workspace));
    });
    expect(await collect(context, { symbols: ["s"] })).toMatchObject({ versions: 1 });
    expect(await partsAt(context, "s", 1)).toBe("no-data-found");
    expect(await partsAt(context, "s", "snap")).toEqual(["pinned"]);
  });

  test("goes on with what a collection left that died", async () => {
    const clock = createInstantClock({ startMs: START_MS });
    const context = await openTestContext({ clock });
    for (const part of ["one", "two"]) await commitParts(context, "s", [part]);
    const [lost = ""] = await blobKeys(context, "v/");
    await commitParts(context, "s", ["three"]);
    await prune(context, "s", { keepLast: 1 });
    await clock.sleep(26 * hourMs);
    await harmBlob(context, lost, "missing");
    await collect(context, { symbols: ["s"] });
    expect(await blobKeys(context, "p/")).toEqual([]);
    expect(await blobKeys(context, "v/")).toHaveLength(1);
    expect(await partsAt(context, "s")).toEqual(["three"]);
  });

  test("may die anywhere: the next collection of everything leaves what it always leaves", async () => {
    const whole = await openSample(sample);
    await collect(whole.context, { force: true });
    const wanted = await contentsOf(whole.context);
    let deaths = 0;
    for (let n = 1; ; n += 1) {
      const { store, context } = await openSample(sample, {
        wrap: (inner) => dyingStore(inner, n, "halfway"),
      });
      const options = { symbols: ["a", "b", "c"] };
      const outcome = await collect(context, options).catch((error: unknown) => error);
      const clock = createInstantClock({ startMs: SAMPLE_END_MS });
      const survivor = await openTestContext({ store, seed: 3, clock });
      expect(await missingFrom(survivor)).toEqual([]);
      await collect(survivor, options);
      expect(await missingFrom(survivor)).toEqual([]);
      await collect(survivor, { force: true });
      expect(await contentsOf(survivor)).toEqual(wanted);
      if (!(outcome instanceof Error)) break;
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(30);
  });

  test("costs few requests however large the symbol: one changed segment of 10 000", async () => {
    const counter = createCallCounter();
    const clock = createInstantClock({ startMs: START_MS });
    const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
    const context = await openTestContext({ store, clock });
    await using first = await Transaction.begin(context, "large");
    const segments = await Promise.all(
      Array.from({ length: 10_000 }, () => first.putSegment(new Uint8Array(1), new Uint8Array(16))),
    );
    const contentOf = (entries: typeof segments, text: string) => ({
      manifest: { handler: "h", body: text, segments: entries },
      identity: new TextEncoder().encode(text),
      rawBytes: 0,
    });
    await first.commit(() => contentOf(segments, "first"));
    await using second = await Transaction.begin(context, "large");
    await second.commit(async (base) => {
      const before = (await base.version())?.manifest.segments ?? [];
      const changed = await second.putSegment(new Uint8Array(2), new Uint8Array(16));
      return contentOf(before.with(5000, changed), "second");
    });
    for (let symbol = 0; symbol < 20; symbol += 1) await commitParts(context, `${symbol}`, ["x"]);
    await deleteVersion(context, "large", 1);
    await clock.sleep(26 * hourMs);
    counter.reset();
    const report = await collect(context, { symbols: ["large"] });
    // The old version, its page and its one segment, and the page of removed versions.
    expect(report).toMatchObject({
      versions: 1,
      deleted: {
        segments: { blobs: 1, bytes: 1 },
        manifests: { blobs: 1 },
        versions: { blobs: 1 },
        historyPages: { blobs: 1 },
      },
    });
    expect(report.requests).toEqual({
      // Two versions, the nine pages of one and what is another page of the other, and the page of removed versions.
      blobReads: 13,
      blobLists: 0,
      blobDeletes: 4,
      blobWrites: 0,
      refReads: 5,
      refLists: 5,
      refChanges: 3,
      rowReads: 0,
      rowChanges: 0,
    });
    expect((await collect(context, { dryRun: true })).owners).toEqual([]);
  });
});

function sumOfBlobs(totals: object): number {
  return Object.values(totals).reduce(
    (sum: number, { blobs }: { blobs: number }) => sum + blobs,
    0,
  );
}
