import { beforeEach, describe, expect, test } from "vitest";
import {
  encodeEntryPage,
  encodeRunPage,
  readEntryPage,
  readRunPage,
  runOfEntries,
  runOfRuns,
  type HistoryRun,
} from "../../src/head/history-run.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext } from "../open-test-context.ts";
import { pageWriter, versionEntries, type PageWriter } from "./version-entries.ts";

const contradicts = { code: "data-integrity" };

let context: LibraryContext;
let pages: PageWriter;

beforeEach(async () => {
  context = await openTestContext();
  pages = pageWriter(context);
});

async function runOf(first: number, last: number): Promise<HistoryRun> {
  const entries = versionEntries(last).slice(first - 1);
  return runOfEntries(entries, await pages.write(encodeEntryPage(entries)));
}

async function runOverRuns(): Promise<HistoryRun> {
  const runs = [await runOf(1, 3), await runOf(4, 5)];
  return runOfRuns(runs, await pages.write(encodeRunPage(runs)));
}

const lies: readonly [string, (run: HistoryRun) => HistoryRun][] = [
  ["another number of versions", (run) => ({ ...run, count: run.count + 1 })],
  ["another first version", (run) => ({ ...run, firstVersion: run.firstVersion + 1 })],
  ["another last version", (run) => ({ ...run, lastVersion: run.lastVersion + 1 })],
];

describe("a page of entries", () => {
  test("is read as it was written", async () => {
    const run = await runOf(4, 6);
    expect(run).toMatchObject({ level: 0, firstVersion: 4, lastVersion: 6, count: 3 });
    expect(await readEntryPage(context, run)).toEqual(versionEntries(6).slice(3));
  });

  test.each(lies)("is refused when its run names %s", async (_, lie) => {
    await expect(readEntryPage(context, lie(await runOf(1, 3)))).rejects.toMatchObject(contradicts);
  });

  test("is refused when it is a page of runs", async () => {
    const run = { ...(await runOverRuns()), level: 0 };
    await expect(readEntryPage(context, run)).rejects.toMatchObject(contradicts);
  });
});

describe("a page of runs", () => {
  test("is read as it was written", async () => {
    const run = await runOverRuns();
    expect(run).toMatchObject({ level: 1, firstVersion: 1, lastVersion: 5, count: 5 });
    expect(await readRunPage(context, run)).toMatchObject([{ count: 3 }, { count: 2 }]);
  });

  test.each<(typeof lies)[number]>([...lies, ["another level", (run) => ({ ...run, level: 2 })]])(
    "is refused when its run names %s",
    async (_, lie) => {
      await expect(readRunPage(context, lie(await runOverRuns()))).rejects.toMatchObject(
        contradicts,
      );
    },
  );

  test("is refused when it is a page of entries", async () => {
    const run = { ...(await runOf(1, 3)), level: 1 };
    await expect(readRunPage(context, run)).rejects.toMatchObject(contradicts);
  });
});

test("a page needs something on it", async () => {
  const { page } = await runOf(1, 1);
  for (const empty of [() => runOfEntries([], page), () => runOfRuns([], page)]) {
    expect(empty).toThrow(expect.objectContaining({ code: "invalid-argument" }) as Error);
  }
});
