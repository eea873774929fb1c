import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { sealHead } from "../../src/head/head-record.ts";
import {
  appendEntries,
  entriesNewestFirst,
  MAX_RECENT,
  type VersionLists,
} from "../../src/head/history.ts";
import type { HistoryRun } from "../../src/head/history-run.ts";
import { readRunPage } from "../../src/head/history-run.ts";
import { removeEntries } from "../../src/head/remove-entries.ts";
import { selectVersions } from "../../src/head/version-selection.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { resolveEntry } from "../../src/version/resolve-version.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { openTestContext } from "../open-test-context.ts";
import { buildTree } from "./build-tree.ts";
import { headOf, pageWriter, versionEntries, versionEntry } from "./version-entries.ts";

let context: LibraryContext;

beforeEach(async () => {
  context = await openTestContext();
});

async function listed(lists: VersionLists): Promise<VersionEntry[]> {
  const entries: VersionEntry[] = [];
  for await (const batch of entriesNewestFirst(context, headOf(lists))) entries.push(...batch);
  return entries.toReversed();
}

interface Removed {
  readonly lists: VersionLists;
  readonly removed: readonly VersionEntry[];
  /** How many pages were written. */
  readonly written: number;
}

async function remove(lists: VersionLists, versions: Iterable<number>): Promise<Removed> {
  const pages = pageWriter(context);
  const removed: VersionEntry[] = [];
  const left = await removeEntries(context, lists, selectVersions(versions), {
    writePage: pages.write,
    onRemoved: (entries) => {
      removed.push(...entries);
    },
  });
  return { lists: left, removed: removed.toReversed(), written: pages.keys.length };
}

/** Checks that every run says what is below it. */
async function expectSound(runs: readonly HistoryRun[]): Promise<void> {
  for (const run of runs) {
    // Reading checks the run's words against the page's.
    if (run.level > 0) await expectSound(await readRunPage(context, run));
  }
}

const shapes = fc.record({
  recent: fc.integer({ min: 1, max: 6 }),
  page: fc.integer({ min: 1, max: 5 }),
  fan: fc.integer({ min: 2, max: 4 }),
  runs: fc.integer({ min: 1, max: 3 }),
});

describe("removing versions from a history of any form", () => {
  test("leaves the others, and a time finds the version that was its newest, or nothing", async () => {
    const scenario = fc.record({
      count: fc.integer({ min: 1, max: 80 }),
      shape: shapes,
      removals: fc.array(fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 30 }), {
        maxLength: 4,
      }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ count, shape, removals }) => {
        const all = versionEntries(count);
        let lists = await buildTree(all, shape, pageWriter(context).write);
        const gone = new Set<number>();
        for (const versions of removals) {
          const wanted = all.filter(
            ({ version }) => versions.includes(version) && !gone.has(version),
          );
          const result = await remove(lists, versions);
          lists = result.lists;
          for (const { version } of wanted) gone.add(version);
          expect(result.removed.map(({ version }) => version)).toEqual(
            wanted.map(({ version }) => version),
          );
        }
        await expectSound(lists.history);
        const left = all.filter(({ version }) => !gone.has(version));
        expect((await listed(lists)).map(({ version }) => version)).toEqual(
          left.map(({ version }) => version),
        );
        expect(lists.recent.length > 0).toBe(left.length > 0);

        const key = headKey("s");
        const before = await context.refs.read(key);
        const head = headOf(lists, { lastVersion: count });
        await context.refs.compareAndSet(key, before?.token, sealHead(context, head));
        const newest = left.at(-1)?.version;
        for (const { version, committedAtMs } of all) {
          // What is the newest now, since those after it were removed, is it at any later time.
          const live = newest !== undefined && version > newest ? newest : version;
          for (const timestamp of [committedAtMs, committedAtMs + 999]) {
            const found = resolveEntry(context, "s", { asOf: { timestamp } }).then(
              (entry) => entry.version,
              (error: { code: string }) => error.code,
            );
            expect(await found).toBe(gone.has(live) ? "no-data-found" : live);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("rewrites no page that is not concerned", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 60 }), async (shape, version) => {
        const lists = await buildTree(versionEntries(60), shape, pageWriter(context).write);
        const { lists: left } = await remove(lists, [version]);
        // The version itself, or the one before it, which notes when it was replaced.
        const others = lists.history.filter(
          (run) => run.lastVersion < version - 1 || run.firstVersion > version,
        );
        expect(left.history).toEqual(expect.arrayContaining(others));
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe("removing", () => {
  test("nothing writes nothing, and neither does what is not there", async () => {
    const shape = { recent: 5, page: 4, fan: 3, runs: 2 };
    const lists = await buildTree(versionEntries(60), shape, pageWriter(context).write);
    const others = versionEntries(60).filter(({ version }) => version % 2 === 0);
    const sparse = await buildTree(others, shape, pageWriter(context).write);
    expect(await remove(lists, [])).toEqual({ lists, removed: [], written: 0 });
    expect(await remove(lists, [0, 61])).toEqual({ lists, removed: [], written: 0 });
    expect(await remove(sparse, [1, 7, 31])).toEqual({ lists: sparse, removed: [], written: 0 });
  });

  test("a version tells the one before when it was replaced, over the border of the head", async () => {
    const shape = { recent: 5, page: 4, fan: 3, runs: 2 };
    const lists = await buildTree(versionEntries(20), shape, pageWriter(context).write);
    const { lists: left } = await remove(lists, [16, 17]);
    const entries = await listed(left);
    expect(entries.find(({ version }) => version === 15)?.replacedAtMs).toBe(
      versionEntry(16).committedAtMs,
    );
    for (const { version, replacedAtMs } of entries) {
      expect(replacedAtMs === undefined).toBe(version !== 15);
    }
  });

  test("the one after does not change when a version was replaced first", async () => {
    const lists = { recent: versionEntries(5), history: [] };
    const once = await remove(lists, [3]);
    const twice = await remove(once.lists, [4]);
    expect(twice.lists.recent.find(({ version }) => version === 2)?.replacedAtMs).toBe(
      versionEntry(3).committedAtMs,
    );
  });

  test("everything recent fills the head again from its history, not beyond its limit", async () => {
    let lists: VersionLists = { recent: [], history: [] };
    lists = await appendEntries(context, lists, versionEntries(600), pageWriter(context).write);
    const newest = lists.recent.map(({ version }) => version);
    const young = lists.history.filter((run) => run.count === 32).flatMap(versionsOf);
    const { lists: left } = await remove(lists, [...newest, ...young]);
    expect(left.recent.length).toBe(MAX_RECENT);
    const entries = await listed(left);
    expect(entries).toHaveLength(600 - newest.length - young.length);
    expect(left.recent.at(-1)?.version).toBe(entries.at(-1)?.version);
    await expectSound(left.history);
  });

  test("all of them leaves an empty head", async () => {
    const shape = { recent: 5, page: 4, fan: 3, runs: 2 };
    const lists = await buildTree(versionEntries(60), shape, pageWriter(context).write);
    const all = versionEntries(60).map(({ version }) => version);
    const result = await remove(lists, all);
    expect(result.lists).toEqual({ recent: [], history: [] });
    expect(result.removed).toEqual(versionEntries(60));
    expect(result.written).toBe(0);
  });
});

function versionsOf({ firstVersion, lastVersion }: HistoryRun): number[] {
  return Array.from({ length: lastVersion - firstVersion + 1 }, (_, index) => firstVersion + index);
}
