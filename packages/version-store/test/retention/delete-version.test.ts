import type { Clock } from "@foretile/resilience";
import type { BlobStore, Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { readHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { after, noReply, scriptRefs, type ScriptedRefs } from "../commit/scripted-refs.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { allBlobs, refKeys } from "../open-test-library.ts";
import {
  blobKeys,
  commitText,
  commitTexts,
  listedNumbers,
  present,
  textAt,
} from "../text-versions.ts";

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
  context = await openTestContext({ clock, store: { blobs: store.blobs, refs: scripted.refs } });
  rival = await openTestContext({ clock, store, seed: 2 });
  await commitTexts(context, "s", ["a", "b", "c"]);
});

async function head(): Promise<Head> {
  return present(await readHead(rival, headKey("s"), "s")).head;
}

const missing = "no-data-found";

describe("deleting a version", () => {
  test("tells what it was, and remembers it until it is collected", async () => {
    await clock.sleep(5000);
    expect(await deleteVersion(context, "s", 2)).toEqual({
      version: 2,
      committedAtMs: START_MS + 1,
      operation: "write",
      rawBytes: 1,
      storedBytes: 0,
    });
    const removedAtMs = START_MS + 5000;
    expect(await head()).toMatchObject({
      lastVersion: 3,
      removals: [{ reason: "prune", removedAtMs, keepUntilMs: removedAtMs, count: 1 }],
    });
    expect(await listedNumbers(context, "s")).toEqual([3, 1]);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("is refused while snapshots pin it, naming them", async () => {
    for (const name of ["two", "one"]) await createSnapshot(context, name, { versions: { s: 2 } });
    await expect(deleteVersion(context, "s", 2)).rejects.toMatchObject({
      code: "version-pinned",
      details: { symbol: "s", version: 2, snapshots: '["one","two"]' },
    });
    for (const name of ["two", "one"]) await deleteSnapshot(context, name);
    await deleteVersion(context, "s", 2);
    expect(await textAt(context, "s", 2)).toBe(missing);
  });

  test.each([0, 4, -1, 1.5])("is refused for a version that is not there: %d", async (version) => {
    const before = await allBlobs(store);
    await expect(deleteVersion(context, "s", version)).rejects.toMatchObject({ code: missing });
    expect(await allBlobs(store)).toEqual(before);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("is refused for what was deleted before, for deletions, and for unknown symbols", async () => {
    await deleteVersion(context, "s", 2);
    await expect(deleteVersion(context, "s", 2)).rejects.toMatchObject({ code: missing });
    await deleteSymbol(context, "s");
    const options = { allowLatest: true };
    await expect(deleteVersion(context, "s", 4, options)).rejects.toMatchObject({ code: missing });
    await expect(deleteVersion(context, "t", 1)).rejects.toMatchObject({ code: missing });
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("is refused for a library that is only read", async () => {
    const reading = { ...context, readOnly: true };
    await expect(deleteVersion(reading, "s", 2)).rejects.toMatchObject({
      code: "read-only-library",
    });
  });

  test("of the newest has to be asked for, and makes the one before it the newest", async () => {
    await expect(deleteVersion(context, "s", 3)).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining("allowLatest") as string,
    });
    await deleteVersion(context, "s", 3, { allowLatest: true });
    expect(await textAt(context, "s")).toBe("b");
    // What it was built on comes from what is the newest, its number does not.
    expect(await commitText(context, "s", "d")).toBe(4);
  });

  test("of the newest is noticed when others wrote meanwhile", async () => {
    scripted.changes.push(after(() => deleteVersion(rival, "s", 3, { allowLatest: true })));
    await expect(deleteVersion(context, "s", 2)).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await listedNumbers(context, "s")).toEqual([2, 1]);
  });

  test("of the last leaves a symbol without a value, whose numbers go on", async () => {
    for (const version of [1, 3, 2]) {
      await deleteVersion(context, "s", version, { allowLatest: true });
    }
    expect(await textAt(context, "s")).toBe(missing);
    expect(await listedNumbers(context, "s", { includeDeleted: true })).toEqual([]);
    expect(await commitText(context, "s", "d")).toBe(4);
  });

  test("lets times at which it was the newest be read no more, but not those after it", async () => {
    const at = (ms: number): Promise<unknown> => textAt(context, "s", { timestamp: START_MS + ms });
    await deleteVersion(context, "s", 2);
    expect([await at(0), await at(1), await at(2)]).toEqual(["a", missing, "c"]);
    await deleteVersion(context, "s", 3, { allowLatest: true });
    expect([await at(0), await at(1), await at(9)]).toEqual(["a", "a", "a"]);
    await clock.sleep(9);
    await commitText(context, "s", "d");
    expect([await at(0), await at(1), await at(8), await at(9)]).toEqual([
      "a",
      missing,
      missing,
      "d",
    ]);
  });

  test("of all versions in the head brings the newest page of history back into it", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 97 }, (_, index) => `${index + 4}`),
    );
    for (let version = 100; version > 30; version -= 1) {
      await deleteVersion(context, "s", version, { allowLatest: true });
    }
    expect(await textAt(context, "s")).toBe("30");
    expect((await head()).recent.length).toBeGreaterThan(0);
    const left = Array.from({ length: 30 }, (_, index) => 30 - index);
    expect(await listedNumbers(context, "s")).toEqual(left);
  });

  test("is done once although its reply is lost, and told so even when others wrote since", async () => {
    scripted.changes.push(async (perform) => {
      await perform();
      await commitText(rival, "s", "d");
      throw noReply();
    });
    expect(await deleteVersion(context, "s", 2)).toMatchObject({ version: 2 });
    expect(await listedNumbers(context, "s")).toEqual([4, 3, 1]);
    expect(await refKeys(store)).toEqual(["h/s"]);
  });

  test("tells of a page of history that is missing, having looked for it once", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index}`),
    );
    await store.blobs.deleteMany((await blobKeys(context)).filter((key) => key.startsWith("p/")));
    let reads = 0;
    const get: BlobStore["get"] = (key, options) => {
      reads += 1;
      return store.blobs.get(key, options);
    };
    const observed = { ...context, blobs: { ...store.blobs, get } };
    await expect(deleteVersion(observed, "s", 5)).rejects.toMatchObject({
      code: "data-integrity",
    });
    expect(reads).toBe(1);
  });

  test("by two at the same time is done by one", async () => {
    const results = await Promise.allSettled([
      deleteVersion(context, "s", 2),
      deleteVersion(rival, "s", 2),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await head()).toMatchObject({ removals: [{ count: 1 }] });
  });
});
