import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REMOVED_PAGE_KIND } from "../../src/document/document-kind.ts";
import type { Head } from "../../src/head/head.ts";
import { entriesOldestFirst, MAX_RECENT, type VersionLists } from "../../src/head/history.ts";
import { readRunPage, type HistoryRun } from "../../src/head/history-run.ts";
import { readRemovedPage } from "../../src/head/removed-page.ts";
import { MAX_REMOVED_ENTRIES } from "../../src/head/removed-pages.ts";
import { removeVersions, type PageWriters } from "../../src/head/remove-versions.ts";
import { restoreEntries } from "../../src/head/restore-entries.ts";
import { selectVersions, selectVersionsBefore } from "../../src/head/version-selection.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { itemsOf } from "../text-versions.ts";
import { buildTree } from "./build-tree.ts";
import { storeHead } from "./store-head.ts";
import { headOf, pageWriter, versionEntries } from "./version-entries.ts";

const facts = { reason: "delete", removedAtMs: START_MS, keepUntilMs: START_MS } as const;

function writersOf(context: LibraryContext): PageWriters {
  return {
    history: pageWriter(context).write,
    removed: pageWriter(context, REMOVED_PAGE_KIND).write,
  };
}

/** Runs of every level say what is below them, and lie in order. */
async function expectSound(context: LibraryContext, runs: readonly HistoryRun[]): Promise<void> {
  let previous = 0;
  for (const run of runs) {
    expect(run.firstVersion).toBeGreaterThan(previous);
    previous = run.lastVersion;
    if (run.level > 0) await expectSound(context, await readRunPage(context, run));
  }
}

const histories = fc.record({
  count: fc.integer({ min: 1, max: 150 }),
  shape: fc.record({
    recent: fc.integer({ min: 1, max: 70 }),
    page: fc.integer({ min: 1, max: 9 }),
    fan: fc.integer({ min: 2, max: 4 }),
    runs: fc.integer({ min: 1, max: 4 }),
  }),
  /** Removed before, and not restored. */
  before: fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 30 }),
  removed: fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 150 }),
});

describe("restored versions", () => {
  test("are back where they were, whatever was removed before and between them", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ count, shape, before, removed }) => {
        const context = await openTestContext();
        const writers = writersOf(context);
        const tree = await buildTree(versionEntries(count), shape, writers.history);
        // The newest version stays, as a `delete` would.
        const pruned = await removeVersions(
          context,
          headOf(tree),
          { selection: selectVersions(before.filter((n) => n < count)), ...facts },
          writers,
        );
        const left = await removeVersions(
          context,
          pruned,
          { selection: selectVersions(removed.filter((n) => n < count)), ...facts },
          writers,
        );
        const removals = left.removals.filter((removal) => !pruned.removals.includes(removal));
        const restored = await restoreEntries(context, left, removals, writers.history);
        const list = async (lists: VersionLists) => itemsOf(entriesOldestFirst(context, lists));
        expect(await list(restored)).toEqual(await list(pruned));
        expect(restored.recent.length).toBeGreaterThan(0);
        expect(restored.recent.length).toBeLessThanOrEqual(MAX_RECENT);
        await expectSound(context, restored.history);
      }),
      { numRuns: 60 },
    );
  });

  test("may be as many as fill pages of pages", async () => {
    const context = await openTestContext();
    const writers = writersOf(context);
    const count = 256 * 70;
    const head: Head = await storeHead(context, versionEntries(count));
    const left = await removeVersions(
      context,
      head,
      { selection: selectVersionsBefore(count, new Set([5000])), ...facts },
      writers,
    );
    expect(left.recent.map(({ version }) => version)).toEqual([count]);
    expect((await itemsOf(entriesOldestFirst(context, left))).map((e) => e.version)).toEqual([
      5000,
      count,
    ]);
    expect(left.removals.map((removal) => removal.count)).toEqual([
      (count - 2) % MAX_REMOVED_ENTRIES,
      ...Array.from({ length: Math.floor((count - 2) / MAX_REMOVED_ENTRIES) }).fill(
        MAX_REMOVED_ENTRIES,
      ),
    ]);
    const firsts = [];
    for (const removal of left.removals) {
      firsts.push((await readRemovedPage(context, removal))[0]?.version);
    }
    expect(firsts).toEqual(firsts.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    const restored = await restoreEntries(context, left, left.removals, writers.history);
    expect(await itemsOf(entriesOldestFirst(context, restored))).toEqual(versionEntries(count));
    expect(restored.history.some(({ level }) => level === 1)).toBe(true);
    await expectSound(context, restored.history);
  });
});
