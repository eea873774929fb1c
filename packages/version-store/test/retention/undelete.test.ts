import type { Clock } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { editHead } from "../../src/commit/edit-head.ts";
import { readHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { readRemovedPage } from "../../src/head/removed-page.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { prune } from "../../src/retention/prune.ts";
import { undelete } from "../../src/retention/undelete.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { resolveRecord } from "../../src/version/resolve-version.ts";
import { after, noReply, scriptRefs, type ScriptedRefs } from "../commit/scripted-refs.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { refKeys } from "../open-test-library.ts";
import { commitText, commitTexts, listedNumbers, present, textAt } from "../text-versions.ts";

const times = { graceMs: 1000, undeleteMs: 9000 };

let store: Store;
let clock: Clock;
let scripted: ScriptedRefs;
let context: LibraryContext;
/** Another process. */
let rival: LibraryContext;

beforeEach(async () => {
  clock = createInstantClock({ startMs: START_MS });
  store = openMemoryStore();
  scripted = scriptRefs(store.refs);
  const scriptedStore = { blobs: store.blobs, refs: scripted.refs };
  context = await openTestContext({ clock, store: scriptedStore, times });
  rival = await openTestContext({ clock, store, seed: 2, times });
});

async function head(): Promise<Head> {
  return present(await readHead(rival, headKey("s"), "s")).head;
}

/** Changes the removals as a collector does. */
async function changeRemovals(change: (head: Head) => Head["removals"]): Promise<void> {
  await editHead(rival, "s", (before) => {
    const now = present(before);
    return { ...now, removals: change(now) };
  });
}

const missing = "no-data-found";

describe("taking a deletion back", () => {
  test("brings every version back under its number, and uses the deletion's number up", async () => {
    await commitTexts(context, "s", ["a", "b", "c"]);
    const before = await head();
    await deleteSymbol(context, "s");
    expect(await undelete(context, "s")).toEqual({ version: 3, restored: 3 });
    const again = await head();
    expect(again.recent).toEqual(before.recent);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([3, 2, 1]);
    expect(await textAt(context, "s", 4)).toBe(missing);
    expect(again).toMatchObject({ lastVersion: 4, removals: [{ reason: "prune", count: 1 }] });
    const removed = await readRemovedPage(context, present(again.removals[0]));
    expect(removed).toMatchObject([{ version: 4, operation: "delete" }]);
    expect(await commitText(context, "s", "e")).toBe(5);
    const { baseVersion } = await resolveRecord(context, "s");
    expect(baseVersion).toBe(3);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("brings long histories back between the versions that were pinned", async () => {
    const texts = Array.from({ length: 200 }, (_, index) => `${index + 1}`);
    await commitTexts(context, "s", texts);
    await createSnapshot(context, "snap", { versions: { s: 77 } });
    await createSnapshot(context, "newest");
    await deleteSymbol(context, "s");
    expect(await listedNumbers(context, "s")).toEqual([201, 200, 77]);
    expect(await undelete(context, "s")).toEqual({ version: 200, restored: 198 });
    expect(await listedNumbers(context, "s")).toEqual(texts.map(Number).toReversed());
    for (const version of [1, 76, 77, 78, 200]) {
      expect(await textAt(context, "s", version)).toBe(`${version}`);
      const { committedAtMs } = await resolveRecord(context, "s", { asOf: version });
      expect(await textAt(context, "s", { timestamp: committedAtMs })).toBe(`${version}`);
    }
    expect(await textAt(context, "s", { timestamp: clock.nowMs() + 1000 })).toBe("200");
  });

  test("works when nothing was removed, since snapshots pinned it all", async () => {
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    await deleteSymbol(context, "s");
    expect(await undelete(context, "s")).toEqual({ version: 1, restored: 0 });
    expect(await textAt(context, "s")).toBe("a");
  });

  test("takes back the last deletion only", async () => {
    await commitText(context, "s", "a");
    await deleteSymbol(context, "s");
    await commitText(context, "s", "b");
    await deleteSymbol(context, "s");
    expect(await undelete(context, "s")).toEqual({ version: 3, restored: 2 });
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([3, 2]);
    await expect(undelete(context, "s")).rejects.toMatchObject({ code: missing });
  });

  test("can be done over and over", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    for (let round = 0; round < 3; round += 1) {
      await deleteSymbol(context, "s");
      await undelete(context, "s");
    }
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([2, 1]);
    expect(await commitText(context, "s", "c")).toBe(6);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ["is not there", async () => undefined, "is not deleted"],
    ["is not deleted", () => commitText(context, "s", "a"), "is not deleted"],
    [
      "was written since",
      async () => {
        await commitText(context, "s", "a");
        await deleteSymbol(context, "s");
        await commitText(context, "s", "b");
      },
      "newer versions",
    ],
  ])("is refused for a symbol that %s", async (_, prepare, message) => {
    await prepare();
    const before = await refKeys(store);
    await expect(undelete(context, "s")).rejects.toMatchObject({
      code: missing,
      message: expect.stringContaining(message) as string,
    });
    expect(await refKeys(store)).toEqual(before);
  });

  test("is refused once a collector began to delete the versions, or finished", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    await deleteSymbol(context, "s");
    await changeRemovals(({ removals }) =>
      removals.map((removal) => ({ ...removal, condemned: true })),
    );
    await expect(undelete(context, "s")).rejects.toMatchObject({
      code: missing,
      message: expect.stringContaining("are being collected") as string,
    });
    await changeRemovals(() => []);
    await expect(undelete(context, "s")).rejects.toMatchObject({
      code: missing,
      message: expect.stringContaining("were collected") as string,
    });
  });

  test("is refused when the collector is faster", async () => {
    await commitTexts(context, "s", ["a", "b"]);
    await deleteSymbol(context, "s");
    scripted.changes.push(
      after(() =>
        changeRemovals(({ removals }) =>
          removals.map((removal) => ({ ...removal, condemned: true })),
        ),
      ),
    );
    await expect(undelete(context, "s")).rejects.toMatchObject({ code: missing });
    expect(await head()).toMatchObject({ removals: [{ condemned: true }] });
  });

  test("is refused when only versions before the newest are left", async () => {
    await commitText(context, "s", "a");
    await createSnapshot(context, "snap");
    await commitText(context, "s", "b");
    await deleteSymbol(context, "s");
    await changeRemovals(() => []);
    await expect(undelete(context, "s")).rejects.toMatchObject({ code: missing });
    expect(await textAt(context, "s", 1)).toBe("a");
  });

  test("is done once although its reply is lost, even when others wrote since", async () => {
    await commitText(context, "s", "a");
    await deleteSymbol(context, "s");
    scripted.changes.push(async (perform) => {
      await perform();
      await commitText(rival, "s", "b");
      throw noReply();
    });
    expect(await undelete(context, "s")).toEqual({ version: 1, restored: 1 });
    expect(await listedNumbers(context, "s")).toEqual([3, 1]);
  });

  test("is not hindered by prunings since, nor mixed up with what they removed", async () => {
    await commitTexts(context, "s", ["a", "b", "c"]);
    await createSnapshot(context, "snap", { versions: { s: 1 } });
    await deleteSymbol(context, "s");
    await deleteSnapshot(context, "snap");
    expect(await prune(context, "s", { keepLast: 1, keepForMs: 0 })).toMatchObject({ removed: [] });
    await clock.sleep(10);
    await prune(context, "s", { keepForMs: 0 });
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([4]);
    expect(await undelete(context, "s")).toEqual({ version: 3, restored: 2 });
    expect(await listedNumbers(context, "s")).toEqual([3, 2]);
  });
});
