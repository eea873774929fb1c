import { beforeEach, describe, expect, test } from "vitest";
import { REMOVED_PAGE_KIND } from "../../src/document/document-kind.ts";
import type { Head, Removal } from "../../src/head/head.ts";
import { encodeRemovedPage, readRemovedPage } from "../../src/head/removed-page.ts";
import { wasPublished } from "../../src/head/was-published.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext } from "../open-test-context.ts";
import { buildTree } from "./build-tree.ts";
import { headOf, pageWriter, versionEntries, versionEntry } from "./version-entries.ts";

let context: LibraryContext;

beforeEach(async () => {
  context = await openTestContext();
});

async function removalOf(...versions: number[]): Promise<Removal> {
  const entries = versions.map((version) => versionEntry(version));
  const { write } = pageWriter(context, REMOVED_PAGE_KIND);
  return {
    id: context.ids.nextId(),
    reason: "prune",
    removedAtMs: 0,
    keepUntilMs: 0,
    condemned: false,
    count: entries.length,
    page: await write(encodeRemovedPage(entries)),
  };
}

/** Versions 3 to 20 but 15, of which 3 to 12 were moved to pages; 1, 2 and 15 were removed. */
async function headWithGaps(): Promise<Head> {
  const entries = versionEntries(20).filter(({ version }) => version > 2 && version !== 15);
  const shape = { recent: 7, page: 2, fan: 2, runs: 1 };
  const lists = await buildTree(entries, shape, pageWriter(context).write);
  return headOf(lists, { removals: [await removalOf(1, 2), await removalOf(15)] });
}

describe("a version that was about to be published", () => {
  test("is found in the head, on its pages and among what was removed", async () => {
    const head = await headWithGaps();
    for (const version of [1, 2, 3, 12, 13, 15, 20]) {
      expect(await wasPublished(context, head, versionEntry(version))).toBe(true);
    }
  });

  test("is not there when its number went to another commit, or to nobody yet", async () => {
    const head = await headWithGaps();
    for (const version of [1, 3, 15, 20, 21]) {
      const other = versionEntry(version, { commitId: "another" });
      expect(await wasPublished(context, head, other)).toBe(false);
    }
  });

  test("cannot be told when the version of its number was collected", async () => {
    const head = { ...(await headWithGaps()), removals: [] };
    for (const version of [1, 15]) {
      expect(await wasPublished(context, head, versionEntry(version))).toBeUndefined();
    }
  });
});

test("a page of removed versions is checked against its removal", async () => {
  const removal = await removalOf(1, 2, 5);
  const versions = (await readRemovedPage(context, removal)).map(({ version }) => version);
  expect(versions).toEqual([1, 2, 5]);
  await expect(readRemovedPage(context, { ...removal, count: 2 })).rejects.toMatchObject({
    code: "data-integrity",
  });
});
