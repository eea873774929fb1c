import * as fc from "fast-check";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { REMOVED_PAGE_KIND } from "../../src/document/document-kind.ts";
import { compactRemovals } from "../../src/head/compact-removals.ts";
import type { Head, Removal } from "../../src/head/head.ts";
import { encodeRemovedPage, readRemovedPage } from "../../src/head/removed-page.ts";
import { MAX_REMOVED_ENTRIES } from "../../src/head/removed-pages.ts";
import { removalsOfDeletion, removeVersions } from "../../src/head/remove-versions.ts";
import { selectVersions } from "../../src/head/version-selection.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { storeHead } from "./store-head.ts";
import { pageWriter, versionEntries, versionEntry } from "./version-entries.ts";

const graceMs = 1000;

let context: LibraryContext;

beforeEach(async () => {
  context = await openTestContext({ times: { graceMs } });
});

async function removal(
  versions: readonly number[],
  removedAtMs: number,
  changes: Partial<Removal> = {},
): Promise<Removal> {
  const entries = versions.map((version) => versionEntry(version));
  return {
    id: context.ids.nextId(),
    reason: "prune",
    removedAtMs,
    keepUntilMs: removedAtMs,
    condemned: false,
    count: versions.length,
    page: await pageWriter(context, REMOVED_PAGE_KIND).write(encodeRemovedPage(entries)),
    ...changes,
  };
}

/** `count` removals of one version each, so many milliseconds apart. */
async function removals(
  count: number,
  everyMs: number,
  changes: Partial<Removal> = {},
): Promise<Removal[]> {
  const made: Removal[] = [];
  for (let index = 0; index < count; index += 1) {
    made.push(await removal([index + 1], START_MS + index * everyMs, changes));
  }
  return made;
}

async function compact(
  before: readonly Removal[],
  nowMs: number,
  isFixed: (removal: Removal) => boolean = () => false,
): Promise<readonly Removal[]> {
  const { write } = pageWriter(context, REMOVED_PAGE_KIND);
  return compactRemovals(context, before, { nowMs, isFixed, writePage: write });
}

async function versionsOf(list: readonly Removal[]): Promise<number[]> {
  const versions: number[] = [];
  for (const item of list) {
    versions.push(...(await readRemovedPage(context, item)).map(({ version }) => version));
  }
  return versions;
}

const dueMs = ({ removedAtMs, keepUntilMs }: Removal): number =>
  Math.max(removedAtMs + graceMs, keepUntilMs);

describe("many removals", () => {
  test("stay as they are until joining them saves sixteen", async () => {
    const sixteen = await removals(16, 1);
    expect(await compact(sixteen, START_MS)).toBe(sixteen);
    const seventeen = await removals(17, 1);
    const joined = await compact(seventeen, START_MS);
    expect(joined).toMatchObject([
      { reason: "prune", removedAtMs: START_MS + 16, count: 17, condemned: false },
    ]);
    expect(await versionsOf(joined)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });

  test("are joined only when none waits longer than a quarter of the grace time for that", async () => {
    const joined = await compact(await removals(40, graceMs / 20), START_MS);
    expect(joined.map(({ count }) => count)).toEqual([6, 6, 6, 6, 6, 6, 4]);
  });

  test("are joined whenever they were made once they may be collected", async () => {
    const list = await removals(20, graceMs);
    expect(await compact(list, START_MS)).toBe(list);
    const joined = await compact(list, START_MS + 20 * graceMs);
    expect(joined.map(({ count }) => count)).toEqual([20]);
  });

  test("that can be taken back, or are being collected, stay as they are", async () => {
    const fixed = await removal([100], START_MS, { reason: "delete" });
    const condemned = await removal([200], START_MS, { condemned: true });
    const list = [fixed, condemned, ...(await removals(20, 1))];
    const joined = await compact(list, START_MS, (item) => item === fixed);
    expect(joined.slice(0, 2)).toEqual([fixed, condemned]);
    expect(joined.map(({ count }) => count)).toEqual([1, 1, 20]);
  });

  test("of old deletions are kept as long as they were, and can no longer be taken back", async () => {
    const keepUntilMs = START_MS + 50 * graceMs;
    const list = await removals(17, 1, { reason: "delete", keepUntilMs });
    expect(await compact(list, START_MS)).toMatchObject([{ reason: "prune", keepUntilMs }]);
  });

  test("fill pages and no more", async () => {
    const half = Array.from({ length: MAX_REMOVED_ENTRIES / 2 }, (_, index) => index + 1000);
    const list = [await removal(half, START_MS), await removal(half, START_MS)];
    list.push(...(await removals(20, 0)));
    const joined = await compact(list, START_MS);
    expect(joined.map(({ count }) => count)).toEqual([MAX_REMOVED_ENTRIES, 20]);
  });

  test("lose no version and collect none early, whatever they are", async () => {
    const arbitrary = fc.array(
      fc.record({
        removedAtMs: fc.integer({ min: 0, max: 3 * graceMs }),
        keepMs: fc.constantFrom(0, 0, 5 * graceMs),
        condemned: fc.constantFrom(false, false, false, true),
        count: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 10, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.nat({ max: 4 * graceMs }), async (made, nowMs) => {
        const list: Removal[] = [];
        let version = 0;
        for (const { removedAtMs, keepMs, condemned, count } of made) {
          const versions = Array.from({ length: count }, () => (version += 1));
          const keepUntilMs = removedAtMs + keepMs;
          list.push(await removal(versions, removedAtMs, { keepUntilMs, condemned }));
        }
        list.sort((left, right) => left.removedAtMs - right.removedAtMs);
        const joined = await compact(list, nowMs);
        const all = (await versionsOf(joined)).toSorted((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: version }, (_, index) => index + 1));
        const times = joined.map(({ removedAtMs }) => removedAtMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const before of list) {
          const [first = 0] = await versionsOf([before]);
          const after = await removalOf(joined, first);
          expect(dueMs(after)).toBeGreaterThanOrEqual(dueMs(before));
          expect(dueMs(after)).toBeLessThanOrEqual(Math.max(dueMs(before) + graceMs / 4, nowMs));
        }
      }),
      { numRuns: 50 },
    );
  });
});

async function removalOf(list: readonly Removal[], version: number): Promise<Removal> {
  for (const item of list) {
    if ((await versionsOf([item])).includes(version)) return item;
  }
  throw new Error(`version ${version} was lost`);
}

describe("a head that is pruned again and again", () => {
  test("stays small although nothing is ever collected", async () => {
    const clock = createInstantClock({ startMs: START_MS });
    context = await openTestContext({ clock, times: { graceMs } });
    const writers = {
      history: pageWriter(context).write,
      removed: pageWriter(context, REMOVED_PAGE_KIND).write,
    };
    const count = 600;
    let head: Head = await storeHead(context, versionEntries(count));
    let most = 0;
    for (let version = 1; version < count; version += 1) {
      const removedAtMs = clock.nowMs();
      head = await removeVersions(
        context,
        head,
        { selection: selectVersions([version]), reason: "prune", removedAtMs, keepUntilMs: 0 },
        writers,
      );
      most = Math.max(most, head.removals.length);
      await clock.sleep(graceMs / 100);
    }
    expect(most).toBeLessThanOrEqual(1 + 4 + 2 + 16);
    expect(await versionsOf(head.removals)).toHaveLength(count - 1);
  });

  test("keeps the removals of its own deletion apart", async () => {
    const writers = {
      history: pageWriter(context).write,
      removed: pageWriter(context, REMOVED_PAGE_KIND).write,
    };
    const deletion = versionEntry(100, { operation: "delete" });
    let head: Head = await storeHead(context, [...versionEntries(90), deletion]);
    const removedAtMs = deletion.committedAtMs;
    const keepUntilMs = removedAtMs;
    head = await removeVersions(
      context,
      head,
      { selection: selectVersions([1, 2]), reason: "delete", removedAtMs, keepUntilMs },
      writers,
    );
    for (let version = 3; version < 40; version += 1) {
      head = await removeVersions(
        context,
        head,
        { selection: selectVersions([version]), reason: "prune", removedAtMs, keepUntilMs },
        writers,
      );
    }
    expect(head.removals.length).toBeLessThan(37);
    expect(await versionsOf(removalsOfDeletion(head))).toEqual([1, 2]);
    expect(removalsOfDeletion({ ...head, recent: versionEntries(3) })).toEqual([]);
  });
});
