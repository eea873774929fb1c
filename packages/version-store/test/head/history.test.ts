import * as fc from "fast-check";
import { openMemoryStore } from "@foretile/storage/memory";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { createInstantClock } from "@foretile/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { MAX_USER_BYTES, MAX_MESSAGE_BYTES } from "../../src/commit/commit-options.ts";
import { sealDocument } from "../../src/document/blob-documents.ts";
import { HEAD_KIND, VERSION_KIND } from "../../src/document/document-kind.ts";
import { sealHead } from "../../src/head/head-record.ts";
import { emptyHead, type Head } from "../../src/head/head.ts";
import { appendEntries, entriesNewestFirst, type VersionLists } from "../../src/head/history.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { AsOf } from "../../src/version/as-of.ts";
import { resolveEntry, resolveRecord } from "../../src/version/resolve-version.ts";
import { encodeVersionDocument } from "../../src/version/version-document.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { buildTree } from "./build-tree.ts";
import { headOf, pageWriter, versionEntries, versionEntry } from "./version-entries.ts";

const nothing: VersionLists = { recent: [], history: [] };

async function listed(context: LibraryContext, lists: VersionLists): Promise<VersionEntry[]> {
  const entries: VersionEntry[] = [];
  for await (const batch of entriesNewestFirst(context, headOf(lists))) entries.push(...batch);
  return entries.toReversed();
}

describe("appending", () => {
  test("keeps every entry and its order, in groups of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 12 }),
        async (sizes) => {
          const context = await openTestContext();
          const { write } = pageWriter(context);
          const entries = versionEntries(sizes.reduce((sum, size) => sum + size, 0));
          let lists = nothing;
          let start = 0;
          for (const size of sizes) {
            lists = await appendEntries(context, lists, entries.slice(start, start + size), write);
            start += size;
            expect(lists.recent.length).toBeLessThanOrEqual(64);
            expect(lists.recent.length).toBeGreaterThan(0);
          }
          expect(await listed(context, lists)).toEqual(entries);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  test("writes a page of 32 for 32 versions, and the eighth of them as one page of 256", async () => {
    const context = await openTestContext();
    const pages = pageWriter(context);
    const entries = versionEntries(64 + 256);
    let lists = nothing;
    const written: number[] = [];
    for (const entry of entries) {
      const before = pages.keys.length;
      lists = await appendEntries(context, lists, [entry], pages.write);
      if (pages.keys.length > before) written.push(entry.version);
    }
    expect(written).toEqual([65, 97, 129, 161, 193, 225, 257, 289]);
    expect(pages.keys).toHaveLength(9);
    expect(lists.history.map(({ count }) => count)).toEqual([256]);
  });

  test("does not take a page of runs with few versions for a young page", async () => {
    const context = await openTestContext();
    const { write } = pageWriter(context);
    // As pruning leaves it.
    const shape = { recent: 64, page: 1, fan: 2, runs: 1 };
    let lists = await buildTree(versionEntries(67), shape, write);
    expect(lists.history.map(({ level }) => level)).toEqual([1, 0]);
    const more = versionEntries(67 + 7 * 32).slice(67);
    lists = await appendEntries(context, lists, more, write);
    expect(lists.history.map(({ level, count }) => [level, count])).toEqual([
      [1, 2],
      [0, 7 * 32 + 1],
    ]);
    expect(await listed(context, lists)).toEqual(versionEntries(67 + 7 * 32));
  });

  test("goes on when young pages cannot be read, and leaves them as they are", async () => {
    const context = await openTestContext();
    const pages = pageWriter(context);
    const entries = versionEntries(64 + 256);
    let lists = await appendEntries(context, nothing, entries.slice(0, 64 + 7 * 32), pages.write);
    expect(lists.history).toHaveLength(7);
    const [damaged] = lists.history;
    if (damaged === undefined) throw new Error("there are seven pages");
    await context.blobs.deleteMany([damaged.page.key]);
    lists = await appendEntries(context, lists, entries.slice(64 + 7 * 32), pages.write);
    expect(lists.history).toHaveLength(8);
    expect(lists.history[0]).toEqual(damaged);
    expect(lists.recent.at(-1)).toEqual(entries.at(-1));
  });

  test("passes on what the store says when it does not answer", async () => {
    const context = await openTestContext();
    const pages = pageWriter(context);
    const entries = versionEntries(64 + 256);
    const lists = await appendEntries(context, nothing, entries.slice(0, 64 + 7 * 32), pages.write);
    const silent: LibraryContext = {
      ...context,
      blobs: { ...context.blobs, get: () => Promise.reject(new Error("no answer")) },
    };
    const more = entries.slice(64 + 7 * 32);
    await expect(appendEntries(silent, lists, more, pages.write)).rejects.toThrow("no answer");
  });
});

describe("a history of 70 000 versions", () => {
  const count = 70_000;
  const counter = createCallCounter();
  let context: LibraryContext;
  let head: Head;
  let entries: readonly VersionEntry[];
  let pagesWritten: number;

  const reads = (): number => {
    const totals = counter.totals();
    return (totals.get("refs.read")?.calls ?? 0) + (totals.get("blobs.get")?.calls ?? 0);
  };

  beforeAll(async () => {
    const clock = createInstantClock({ startMs: START_MS });
    const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
    context = await openTestContext({ store });
    const pages = pageWriter(context);
    const all = versionEntries(count);
    all[DOCUMENTED - 1] = await storeDocument(context, all[DOCUMENTED - 1]);
    entries = all;
    let lists = nothing;
    for (let start = 0; start < count; start += 1000) {
      lists = await appendEntries(context, lists, entries.slice(start, start + 1000), pages.write);
    }
    pagesWritten = pages.keys.length;
    head = headOf(lists);
    await context.refs.compareAndSet(headKey("s"), undefined, sealHead(context, head));
  }, 60_000);

  test("lists all of them in order", async () => {
    expect(await listed(context, head)).toEqual(entries);
  }, 60_000);

  test("has a head of a few dozen kilobytes, and one page in 28 versions", () => {
    expect(sealHead(context, head).length).toBeLessThan(48 * 1024);
    expect(head.recent.length).toBeLessThanOrEqual(64);
    expect(pagesWritten).toBeLessThan(count / 28);
    for (const level of [0, 1]) {
      const runs = head.history.filter((run) => run.level === level);
      expect(runs.length).toBeGreaterThan(0);
      expect(runs.length).toBeLessThanOrEqual(64);
    }
  });

  test("finds any of them with four reads, the head and the version document included", async () => {
    const interesting = new Set([1, 2, count - 64, count - 63, count - 1, count]);
    for (const { firstVersion, lastVersion } of head.history) {
      for (const version of [firstVersion, lastVersion]) interesting.add(version);
    }
    for (let version = 1; version < count; version += 2999) interesting.add(version);
    for (const version of interesting) {
      const entry = entries[version - 1];
      if (entry === undefined) throw new Error("every version has an entry");
      const wanted: readonly AsOf[] = [
        version,
        version - count - 1,
        { timestamp: entry.committedAtMs },
        { timestamp: entry.committedAtMs + 999 },
        { commitId: entry.commitId },
      ];
      for (const asOf of wanted) {
        counter.reset();
        expect(await resolveEntry(context, "s", { asOf })).toEqual(entry);
        // One more is left for the version document.
        expect(reads()).toBeLessThanOrEqual(3);
      }
    }
  }, 60_000);

  test("knows what is not there", async () => {
    for (const asOf of [count + 1, -count - 1, { timestamp: START_MS + 999 }] as const) {
      await expect(resolveEntry(context, "s", { asOf })).rejects.toMatchObject({
        code: "no-data-found",
      });
    }
  });

  test("reads the version document with the fourth request", async () => {
    counter.reset();
    const record = await resolveRecord(context, "s", { asOf: DOCUMENTED });
    expect(record).toMatchObject({ version: DOCUMENTED, metadata: "found" });
    expect(reads()).toBe(4);
  });
});

/** The one version of the long history that has a document. */
const DOCUMENTED = 12_345;

async function storeDocument(
  context: LibraryContext,
  entry: VersionEntry | undefined,
): Promise<VersionEntry> {
  const facts = entry ?? versionEntry(1);
  const value = encodeVersionDocument({
    ...facts,
    symbol: "s",
    transactionId: "t",
    baseVersion: 0,
    baseCommitId: undefined,
    metadata: "found",
    effect: null,
    manifest: undefined,
  });
  const { key } = facts.document;
  const { pointer, bytes } = sealDocument(context.documents, VERSION_KIND, key, value);
  await context.blobs.putNew(key, bytes);
  return { ...facts, document: pointer };
}

test("a head with the longest texts in all its entries stays far below its limit", async () => {
  const context = await openTestContext();
  const { write } = pageWriter(context);
  let head: Head = { ...emptyHead("s".repeat(1024)), changeId: "c" };
  const entries = versionEntries(5000).map((entry) => ({
    ...entry,
    user: "u".repeat(MAX_USER_BYTES),
    message: "m".repeat(MAX_MESSAGE_BYTES),
  }));
  for (let start = 0; start < entries.length; start += 50) {
    const lists = await appendEntries(context, head, entries.slice(start, start + 50), write);
    head = headOf(lists, { symbol: head.symbol });
    expect(sealHead(context, head).length).toBeLessThan(HEAD_KIND.maxBytes / 8);
  }
}, 60_000);
