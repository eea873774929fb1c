import { openMemoryStore } from "@foretile/storage/memory";
import type { Store } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { editHead, touchHead } from "../../src/commit/edit-head.ts";
import { editHeadWithPages } from "../../src/commit/edit-head-with-pages.ts";
import { readIntent, replaceIntent } from "../../src/commit/intent.ts";
import type { Workspace } from "../../src/commit/workspace.ts";
import { HISTORY_PAGE_KIND } from "../../src/document/document-kind.ts";
import { readHead } from "../../src/head/head-record.ts";
import { emptyHead, type Head } from "../../src/head/head.ts";
import { encodeEntryPage, readEntryPage, runOfEntries } from "../../src/head/history-run.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { versionEntry } from "../head/version-entries.ts";
import { openTestContext } from "../open-test-context.ts";
import { allBlobs, refKeys } from "../open-test-library.ts";
import {
  after,
  loseReply,
  loseRequest,
  refuse,
  scriptRefs,
  silent,
  type ScriptedRefs,
} from "./scripted-refs.ts";

let store: Store;
let scripted: ScriptedRefs;
let context: LibraryContext;
/** Another process. */
let rival: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  scripted = scriptRefs(store.refs);
  context = await openTestContext({ store: { blobs: store.blobs, refs: scripted.refs } });
  rival = await openTestContext({ store, seed: 2 });
});

async function head(): Promise<Head | undefined> {
  return (await readHead(rival, headKey("s"), "s"))?.head;
}

/** An edit that finds nothing to do once it was applied. */
function raiseTo(lastVersion: number) {
  return (before: Head | undefined) =>
    before?.lastVersion === lastVersion
      ? undefined
      : { ...(before ?? emptyHead("s")), lastVersion };
}

const rivalTouches = (): Promise<void> => touchHead(rival, "s");

describe("an edit of a head", () => {
  test("is applied to a head that is not there yet, and to one that is", async () => {
    expect(await editHead(context, "s", raiseTo(5))).toMatchObject({ lastVersion: 5 });
    expect(await head()).toMatchObject({ lastVersion: 5 });
    const before = await head();
    expect(await editHead(context, "s", raiseTo(6))).toMatchObject({ lastVersion: 6 });
    expect((await head())?.changeId).not.toBe(before?.changeId);
  });

  test("changes nothing when there is nothing to do", async () => {
    expect(await editHead(context, "s", () => undefined)).toBeUndefined();
    expect(await head()).toBeUndefined();
    await editHead(context, "s", raiseTo(5));
    const before = await head();
    expect(await editHead(context, "s", raiseTo(5))).toEqual(before);
    expect(await head()).toEqual(before);
  });

  test("is made again of what others published first", async () => {
    scripted.changes.push(after(rivalTouches), after(rivalTouches));
    const seen: (string | undefined)[] = [];
    await editHead(context, "s", (before) => {
      seen.push(before?.changeId);
      return raiseTo(5)(before);
    });
    expect(new Set(seen).size).toBe(3);
    expect(await head()).toMatchObject({ lastVersion: 5 });
  });

  test("is given up after too many lost races", async () => {
    scripted.changes.push(...Array.from({ length: 20 }, () => after(rivalTouches)));
    await expect(editHead(context, "s", raiseTo(5))).rejects.toMatchObject({
      code: "concurrent-modification",
      retry: "safe",
    });
    expect(await head()).toMatchObject({ lastVersion: 0 });
  });

  test.each([
    ["its reply is lost", loseReply],
    ["its request is lost", loseRequest],
  ])("is applied once when %s, whether or not others come in between", async (_, fate) => {
    let edits = 0;
    const count = (before: Head | undefined): Omit<Head, "changeId"> => {
      edits += 1;
      return { ...(before ?? emptyHead("s")), lastVersion: (before?.lastVersion ?? 0) + 1 };
    };
    scripted.changes.push(fate);
    await editHead(context, "s", count);
    expect(edits).toBe(1);
    expect(await head()).toMatchObject({ lastVersion: 1 });
    scripted.changes.push(fate);
    scripted.reads.push(
      (perform) => perform(),
      async (perform) => {
        await rivalTouches();
        return perform();
      },
    );
    await editHead(context, "s", raiseTo(7));
    expect(await head()).toMatchObject({ lastVersion: 7 });
  });

  test("stops waiting for its turn when its signal is aborted", async () => {
    const abort = new AbortController();
    scripted.changes.push(after(rivalTouches));
    const edited = editHead(
      context,
      "s",
      (before) => {
        abort.abort();
        return raiseTo(5)(before);
      },
      { signal: abort.signal },
    );
    await expect(edited).rejects.toMatchObject({ name: "AbortError" });
    expect(await head()).toMatchObject({ lastVersion: 0 });
  });
});

describe("a touch", () => {
  test("changes the token and nothing else, so that changes of the head as it was are lost", async () => {
    await editHead(context, "s", raiseTo(5));
    const before = await store.refs.read(headKey("s"));
    await touchHead(context, "s");
    const now = await store.refs.read(headKey("s"));
    expect(now?.token).not.toBe(before?.token);
    expect(now?.value).not.toEqual(before?.value);
    expect(await head()).toMatchObject({ symbol: "s", lastVersion: 5 });
  });

  test("makes an empty head, so that nobody else can make the first", async () => {
    await touchHead(context, "s");
    expect(await head()).toMatchObject({ lastVersion: 0, recent: [], history: [], removals: [] });
  });
});

/** Puts one version into a page of history, unless that was done before. */
async function addPage(
  before: Head | undefined,
  workspace: Workspace,
): Promise<Omit<Head, "changeId"> | undefined> {
  if (before !== undefined && before.history.length > 0) return undefined;
  const entries = [versionEntry(1)];
  const value = encodeEntryPage(entries);
  const page = await workspace.putDocument("p", HISTORY_PAGE_KIND, value);
  return {
    ...(before ?? emptyHead("s")),
    lastVersion: 2,
    recent: [versionEntry(2)],
    history: [runOfEntries(entries, page)],
  };
}

/** The page is there, and every blob that nothing needs is not. */
async function expectSound(): Promise<void> {
  const [run, ...more] = (await head())?.history ?? [];
  if (run === undefined) throw new Error("the head has no history");
  expect(more).toEqual([]);
  expect(await readEntryPage(rival, run)).toEqual([versionEntry(1)]);
}

describe("an edit with pages", () => {
  test("leaves its page, and no intent", async () => {
    const { head: edited } = await editHeadWithPages(context, "s", addPage);
    expect(edited?.history).toHaveLength(1);
    await expectSound();
    expect((await allBlobs(store)).size).toBe(1);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("says that it runs while it does", async () => {
    await editHeadWithPages(context, "s", async (before, workspace) => {
      expect(await readIntent(rival, workspace.id)).toMatchObject({
        intent: { kind: "edit", symbols: ["s"], state: "running" },
      });
      return addPage(before, workspace);
    });
    await expectSound();
  });

  test("that finds nothing to do after all deletes what it stored", async () => {
    const { head: found } = await editHeadWithPages(context, "s", async (before, workspace) => {
      await addPage(before, workspace);
      return undefined;
    });
    expect(found).toBeUndefined();
    expect((await allBlobs(store)).size).toBe(0);
    expect(await refKeys(store)).toEqual([]);
  });

  test("deletes the pages of attempts that were lost", async () => {
    scripted.changes.push(after(rivalTouches), after(rivalTouches));
    await editHeadWithPages(context, "s", addPage);
    await expectSound();
    expect((await allBlobs(store)).size).toBe(1);
  });

  test("keeps its page when the reply is lost and others change the head before it is read back", async () => {
    scripted.changes.push(loseReply);
    scripted.reads.push(
      (perform) => perform(),
      async (perform) => {
        await rivalTouches();
        return perform();
      },
    );
    let edits = 0;
    await editHeadWithPages(context, "s", async (before, workspace) => {
      edits += 1;
      return addPage(before, workspace);
    });
    // The second attempt found nothing to do.
    expect(edits).toBe(2);
    await expectSound();
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("leaves everything in place when its outcome is unknown", async () => {
    scripted.changes.push(loseReply);
    scripted.reads.push((perform) => perform(), silent, silent, silent, silent, silent);
    await expect(editHeadWithPages(context, "s", addPage)).rejects.toMatchObject({
      code: "commit-outcome-unknown",
    });
    await expectSound();
    expect(await refKeys(store)).toHaveLength(2);
  });

  test.each([
    ["the store refuses", { changes: [refuse], code: "full" }],
    [
      "it always loses",
      {
        changes: Array.from({ length: 20 }, () => after(rivalTouches)),
        code: "concurrent-modification",
      },
    ],
  ])("leaves nothing behind when %s", async (_, { changes, code }) => {
    scripted.changes.push(...changes);
    await expect(editHeadWithPages(context, "s", addPage)).rejects.toMatchObject({ code });
    expect((await allBlobs(store)).size).toBe(0);
    expect((await refKeys(store)).filter((key) => key.startsWith("i/"))).toEqual([]);
  });

  test("is not made once it was given up", async () => {
    const edited = editHeadWithPages(context, "s", async (before, workspace) => {
      // As a collector does: first the intent, then the head.
      const state = await readIntent(rival, workspace.id);
      if (state !== undefined) await replaceIntent(rival, state, { state: "aborted" });
      await rivalTouches();
      return addPage(before, workspace);
    });
    await expect(edited).rejects.toMatchObject({ code: "transaction-expired" });
    expect((await head())?.history).toEqual([]);
    expect((await allBlobs(store)).size).toBe(0);
  });

  test("tells when it happened and could not clean up", async () => {
    const { blobs } = context;
    const stuck: LibraryContext = {
      ...context,
      blobs: { ...blobs, deleteMany: () => Promise.reject(new Error("cannot delete")) },
    };
    scripted.changes.push(after(rivalTouches));
    const { head: edited, cleanupError } = await editHeadWithPages(stuck, "s", addPage);
    expect(edited?.history).toHaveLength(1);
    expect(cleanupError?.message).toBe("cannot delete");
    await expectSound();
  });
});
