import * as fc from "fast-check";
import { openMemoryStore } from "@foretile/storage/memory";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { createInstantClock } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import {
  findByCommit,
  findByTime,
  findByVersion,
  findNthNewest,
} from "../../src/head/find-entry.ts";
import { entriesNewestFirst } from "../../src/head/history.ts";
import type { Head } from "../../src/head/head.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { VersionEntry } from "../../src/version/version-entry.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { buildTree } from "./build-tree.ts";
import { headOf, idAt, pageWriter, versionEntries, versionEntry } from "./version-entries.ts";

/** Entries with gaps in their numbers and any distance in time, and a form to lay them out in. */
const histories = fc.record({
  steps: fc.array(fc.record({ skip: fc.nat({ max: 2 }), waitMs: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 120,
  }),
  shape: fc.record({
    recent: fc.integer({ min: 1, max: 6 }),
    page: fc.integer({ min: 1, max: 5 }),
    fan: fc.integer({ min: 2, max: 4 }),
    runs: fc.integer({ min: 1, max: 4 }),
  }),
});

type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

async function layOut(
  context: LibraryContext,
  { steps, shape }: History,
): Promise<{ readonly head: Head; readonly entries: readonly VersionEntry[] }> {
  const entries: VersionEntry[] = [];
  let [version, committedAtMs] = [0, START_MS];
  for (const { skip, waitMs } of steps) {
    version += 1 + skip;
    committedAtMs += waitMs;
    entries.push(versionEntry(version, { committedAtMs }));
  }
  const lists = await buildTree(entries, shape, pageWriter(context).write);
  return { head: headOf(lists), entries };
}

describe("a history tree of any form", () => {
  test("finds what a plain list finds", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const context = await openTestContext();
        const { head, entries } = await layOut(context, history);
        const last = entries.at(-1) ?? versionEntry(1);
        for (let version = 0; version <= last.version + 1; version += 1) {
          const wanted = entries.find((entry) => entry.version === version);
          expect(await findByVersion(context, head, version)).toEqual(wanted);
        }
        for (let timeMs = START_MS; timeMs <= last.committedAtMs + 1; timeMs += 1) {
          const wanted = entries.findLast((entry) => entry.committedAtMs <= timeMs);
          expect(await findByTime(context, head, timeMs)).toEqual(wanted);
        }
        for (let n = 1; n <= entries.length + 1; n += 1) {
          expect(await findNthNewest(context, head, n)).toEqual(entries.at(-n));
        }
        for (const entry of entries) {
          expect(await findByCommit(context, head, entry.commitId)).toEqual(entry);
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  test("lists every version once, newest first", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const context = await openTestContext();
        const { head, entries } = await layOut(context, history);
        const listed: VersionEntry[] = [];
        for await (const batch of entriesNewestFirst(context, head)) {
          expect(batch.length).toBeGreaterThan(0);
          listed.push(...batch);
        }
        expect(listed).toEqual(entries.toReversed());
      }),
      { numRuns: 50 },
    );
  }, 60_000);
});

describe("a commit id", () => {
  test("leads to its version although the clock went back or ids are no times at all", async () => {
    const context = await openTestContext();
    const entries = versionEntries(60).map((entry) => ({
      ...entry,
      // A maker whose clock is an hour ahead, one whose clock is an hour behind, and one with ids of its own.
      commitId:
        [
          idAt(entry.committedAtMs + 3_600_000, entry.version),
          idAt(entry.committedAtMs - 3_600_000, entry.version),
          `made-by-hand-${entry.version}`,
        ][entry.version % 3] ?? "",
    }));
    const shape = { recent: 3, page: 4, fan: 3, runs: 2 };
    const head = headOf(await buildTree(entries, shape, pageWriter(context).write));
    for (const entry of entries) {
      expect(await findByCommit(context, head, entry.commitId)).toEqual(entry);
    }
    for (const unknown of [idAt(START_MS, 999), "", "?".repeat(26)]) {
      expect(await findByCommit(context, head, unknown)).toBeUndefined();
    }
  });

  test("that tells its time is looked for on one page of each level", async () => {
    const counter = createCallCounter();
    const clock = createInstantClock({ startMs: START_MS });
    const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
    const context = await openTestContext({ store });
    const shape = { recent: 3, page: 4, fan: 3, runs: 2 };
    const entries = versionEntries(60);
    const head = headOf(await buildTree(entries, shape, pageWriter(context).write));
    const levels = Math.max(...head.history.map((run) => run.level)) + 1;
    expect(levels).toBeGreaterThan(2);
    for (const entry of entries) {
      counter.reset();
      await findByCommit(context, head, entry.commitId);
      expect(counter.totals().get("blobs.get")?.calls ?? 0).toBeLessThanOrEqual(levels);
    }
  });
});
