import type { Clock } from "@foretile/resilience";
import { toKey, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, dumpStore } from "@foretile/testkit";
import { isDeepStrictEqual } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import {
  createSnapshot,
  MAX_SNAPSHOT_METADATA_BYTES,
  type CreateSnapshotOptions,
} from "../../src/snapshot/create-snapshot.ts";
import { listSnapshotSymbols } from "../../src/snapshot/list-snapshot-symbols.ts";
import { listSnapshots } from "../../src/snapshot/list-snapshots.ts";
import { readSnapshotEntry } from "../../src/snapshot/read-snapshot.ts";
import { readSnapshotRecord } from "../../src/snapshot/snapshot-record.ts";
import { storeHead } from "../head/store-head.ts";
import { versionEntries, versionEntry } from "../head/version-entries.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { allBlobs, refKeys } from "../open-test-library.ts";
import { collectOldPage } from "../retention/collect-old-page.ts";
import { blobKeys, commitText, commitTexts, itemsOf, textAt } from "../text-versions.ts";

let store: Store;
let clock: Clock;
let context: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  clock = createInstantClock({ startMs: START_MS });
  context = await openTestContext({ store, clock });
});

/** What a snapshot of these options pins, as `symbol@version`. */
async function pinned(options?: CreateSnapshotOptions): Promise<string[]> {
  await createSnapshot(context, "snap", options);
  const pins = await itemsOf(listSnapshotSymbols(context, "snap"));
  return pins.map(({ symbol, entry }) => `${symbol}@${entry.version}`);
}

/** How something fails, and the keys that it added, removed or changed. */
async function failureOf(
  work: () => Promise<unknown>,
): Promise<{ readonly error: unknown; readonly traces: readonly string[] }> {
  const before = await dumpStore(store);
  const error: unknown = await work().then(
    () => "it did not fail",
    (reason: unknown) => reason,
  );
  const after = await dumpStore(store);
  return { error, traces: isDeepStrictEqual(before, after) ? [] : await refKeys(store) };
}

/** Commits a version of each symbol, a second later each. */
async function commitEach(...symbols: string[]): Promise<void> {
  for (const symbol of symbols) {
    await clock.sleep(1000);
    await commitText(context, symbol, "text");
  }
}

/** Flips a bit of a head. */
async function damage(symbol: string): Promise<void> {
  const ref = await store.refs.read(headKey(symbol));
  const flipped = ref?.value ?? new Uint8Array();
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  await store.refs.compareAndSet(headKey(symbol), ref?.token, flipped);
}

/** The context, with something done whenever heads were listed and nobody looked at them yet. */
function onListed(act: () => Promise<unknown>): LibraryContext {
  const { refs } = context;
  return {
    ...context,
    refs: {
      capabilities: refs.capabilities,
      read: refs.read.bind(refs),
      compareAndSet: refs.compareAndSet.bind(refs),
      list: async function* (range, options) {
        for await (const batch of refs.list(range, options)) {
          await act();
          yield batch;
        }
      },
    },
  };
}

describe("a snapshot", () => {
  test("tells what it is, and leaves nothing but its record and pages", async () => {
    await commitText(context, "s", "a");
    await clock.sleep(5000);
    const before = await allBlobs(store);
    const metadata = { why: "release", of: [1, null, new Uint8Array(3)] };
    const created = await createSnapshot(context, "snap", { metadata });
    expect(created).toEqual({
      name: "snap",
      createdAtMs: START_MS + 5000,
      symbolCount: 1,
      metadata,
      immutable: false,
    });
    expect(await itemsOf(listSnapshots(context))).toEqual([created]);
    const added = [...(await allBlobs(store)).keys()].filter((key) => !before.has(key));
    expect(added.map((key) => key[0])).toEqual(["x"]);
    expect(await refKeys(store)).toEqual(["h/s", "n/snap"]);
  });

  test("of an empty library pins nothing", async () => {
    expect(await pinned()).toEqual([]);
    expect(await itemsOf(listSnapshots(context))).toMatchObject([{ symbolCount: 0 }]);
    expect((await allBlobs(store)).size).toBe(0);
  });

  test("pins the newest version of every symbol that has a value", async () => {
    await commitTexts(context, "a", ["1", "2"]);
    await commitText(context, "deleted", "1");
    await deleteSymbol(context, "deleted");
    await commitText(context, "emptied", "1");
    await deleteVersion(context, "emptied", 1, { allowLatest: true });
    await commitText(context, "x".repeat(1000), "1");
    expect(await pinned()).toEqual(["a@2", `${"x".repeat(1000)}@1`]);
  });

  test("lists and finds symbols in the order of code units, long names among them", async () => {
    const names = ["\u{1f3b2}", "\uffee", "b", `a${"é".repeat(500)}`, "a"];
    for (const name of names) await commitText(context, name, name);
    expect(await pinned()).toEqual(names.toSorted().map((name) => `${name}@1`));
    for (const name of names) expect(await textAt(context, name, "snap")).toBe(name);
  });

  test("of more symbols than a page holds finds each of them", async () => {
    const names = Array.from({ length: 2001 }, (_, index) => `s${index}`);
    for (const name of names) await storeHead(context, versionEntries(1), name);
    expect(await pinned()).toEqual(names.toSorted().map((name) => `${name}@1`));
    const record = await readSnapshotRecord(context, "snap");
    expect(record?.record.current?.pages.map(({ count }) => count)).toEqual([1000, 1000, 1]);
    for (const name of [...names.slice(0, 3), ...names.slice(-3), "s999", "s1000"]) {
      expect(await readSnapshotEntry(context, "snap", name)).toEqual(versionEntry(1));
    }
    for (const name of ["r", "s", "s1x", "t"]) {
      expect(await readSnapshotEntry(context, "snap", name)).toBeUndefined();
    }
  });

  test("of a prefix pins the symbols that start with it", async () => {
    for (const name of ["p", "p/1", "p/2", "q", `p/${"é".repeat(500)}`, "é".repeat(500)]) {
      await commitText(context, name, name);
    }
    expect(await pinned({ prefix: "p/" })).toEqual(["p/1@1", "p/2@1", `p/${"é".repeat(500)}@1`]);
  });
});

describe("chosen versions", () => {
  test("are numbers, or counted from the newest", async () => {
    for (const symbol of ["a", "b", "c"]) await commitTexts(context, symbol, ["1", "2", "3"]);
    await deleteVersion(context, "b", 2);
    expect(await pinned({ versions: { a: 2, b: -2 } })).toEqual(["a@2", "b@1", "c@3"]);
  });

  test("that are missing are all named, and nothing is made", async () => {
    await commitTexts(context, "a", ["1", "2"]);
    await deleteVersion(context, "a", 1);
    await commitText(context, "deleted", "1");
    await deleteSymbol(context, "deleted");
    const versions = { a: 1, deleted: -1, unknown: 7 };
    expect(await failureOf(() => createSnapshot(context, "snap", { versions }))).toMatchObject({
      traces: [],
      error: {
        code: "no-data-found",
        details: {
          missing: JSON.stringify(["a version=1", "deleted version=-1", "unknown version=7"]),
          count: 3,
        },
      },
    });
  });

  test("may be those that another snapshot kept alive in a deleted symbol", async () => {
    await commitText(context, "s", "1");
    await createSnapshot(context, "first");
    await deleteSymbol(context, "s");
    expect(await pinned({ versions: { s: 1 } })).toEqual(["s@1"]);
  });

  test.each<[string, CreateSnapshotOptions]>([
    ["of skipped symbols", { versions: { s: 1 }, skipSymbols: ["s"] }],
    ["of symbols outside the prefix", { versions: { s: 1 }, prefix: "t" }],
    ["0", { versions: { s: 0 } }],
    ["that are no numbers", { versions: { s: 1.5 } }],
    ["of what is no symbol", { versions: { "": 1 } }],
  ])("%s are refused", async (_, options) => {
    await commitText(context, "s", "1");
    expect(await failureOf(() => createSnapshot(context, "snap", options))).toMatchObject({
      traces: [],
      error: { code: "invalid-argument" },
    });
  });
});

describe("a snapshot of many symbols", () => {
  test("may take longer than a transaction lives, as long as it goes on", async () => {
    for (let index = 0; index < 250; index += 1) {
      await storeHead(context, versionEntries(1), `s${index}`);
    }
    const { transactionLifetimeMs } = context.config.times;
    const slow = onListed(() => clock.sleep(transactionLifetimeMs * 0.6));
    expect(await createSnapshot(slow, "snap")).toMatchObject({ symbolCount: 250 });
    expect(clock.nowMs()).toBeGreaterThan(START_MS + 1.5 * transactionLifetimeMs);
    const stuck = onListed(() => clock.sleep(transactionLifetimeMs * 1.1));
    expect(await failureOf(() => createSnapshot(stuck, "other"))).toMatchObject({
      traces: [],
      error: { code: "transaction-expired" },
    });
  });

  test("finds versions in the newest head when pages of the listed one were collected", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index + 1}`),
    );
    const stale = onListed(() => collectOldPage(context, store, "s", 5));
    await createSnapshot(stale, "snap", { versions: { s: 7 } });
    expect(await textAt(context, "s", "snap")).toBe("7");
  });

  test("is refused when a page is missing for good", async () => {
    await commitTexts(
      context,
      "s",
      Array.from({ length: 70 }, (_, index) => `${index + 1}`),
    );
    await store.blobs.deleteMany((await blobKeys(context)).filter((key) => key.startsWith("p/")));
    const versions = { s: 7 };
    expect(await failureOf(() => createSnapshot(context, "snap", { versions }))).toMatchObject({
      traces: [],
      error: { code: "data-integrity" },
    });
  });
});

describe("a snapshot of an earlier time", () => {
  test("pins what was the newest then, over all symbols", async () => {
    await commitEach("a", "b", "a", "b", "c");
    const cuts = [];
    for (const second of [0, 1, 2, 3, 4, 5]) {
      const name = `at ${second}`;
      await createSnapshot(context, name, { consistentAt: START_MS + second * 1000 });
      const pins = await itemsOf(listSnapshotSymbols(context, name));
      cuts.push(pins.map(({ symbol, entry }) => `${symbol}@${entry.version}`).join(" "));
    }
    expect(cuts).toEqual(["", "a@1", "a@1 b@1", "a@2 b@1", "a@2 b@2", "a@2 b@2 c@1"]);
  });

  test("leaves out what was deleted then", async () => {
    await commitEach("a");
    await clock.sleep(1000);
    await deleteSymbol(context, "a");
    await commitEach("a");
    expect(await pinned({ consistentAt: new Date(START_MS + 2500) })).toEqual([]);
  });

  test("is refused when what was the newest then was removed, unless the symbol is skipped", async () => {
    await commitEach("a", "a", "a", "b");
    await deleteVersion(context, "a", 2);
    const consistentAt = START_MS + 2500;
    expect(await failureOf(() => createSnapshot(context, "snap", { consistentAt }))).toMatchObject({
      traces: [],
      error: {
        code: "no-data-found",
        message: expect.stringContaining("a at time_ms") as string,
      },
    });
    expect(await pinned({ consistentAt, skipSymbols: ["a"] })).toEqual([]);
  });

  test("takes the newest version for the newest once the one after it was deleted", async () => {
    await commitEach("a", "a");
    await deleteVersion(context, "a", 2, { allowLatest: true });
    expect(await pinned({ consistentAt: clock.nowMs() })).toEqual(["a@1"]);
  });

  test.each([START_MS + 1, NaN, Infinity])("cannot be %d", async (consistentAt) => {
    expect(await failureOf(() => createSnapshot(context, "snap", { consistentAt }))).toMatchObject({
      traces: [],
      error: {
        code: "invalid-argument",
      },
    });
  });
});

describe("a damaged head", () => {
  test("keeps a snapshot from being made, unless its symbol is skipped", async () => {
    for (const symbol of ["damaged", "sound"]) await commitText(context, symbol, "a");
    await damage("damaged");
    expect(await failureOf(() => createSnapshot(context, "snap"))).toMatchObject({
      traces: [],
      error: { code: "data-integrity" },
    });
    expect(await pinned({ skipSymbols: ["damaged"] })).toEqual(["sound@1"]);
  });

  test("is also one that belongs to another symbol", async () => {
    for (const symbol of ["one", "two"]) await commitText(context, symbol, "a");
    const [one, two] = [
      await store.refs.read(headKey("one")),
      await store.refs.read(headKey("two")),
    ];
    await store.refs.compareAndSet(headKey("two"), two?.token, one?.value);
    expect(await failureOf(() => createSnapshot(context, "snap"))).toMatchObject({
      traces: [],
      error: { code: "data-integrity" },
    });
  });
});

describe("a snapshot that cannot be made", () => {
  test("because of its metadata leaves nothing behind", async () => {
    const text = "x".repeat(MAX_SNAPSHOT_METADATA_BYTES);
    expect(
      await failureOf(() => createSnapshot(context, "snap", { metadata: text })),
    ).toMatchObject({
      traces: [],
      error: {
        code: "invalid-argument",
      },
    });
    const fits = text.slice(5);
    await expect(createSnapshot(context, "snap", { metadata: fits })).resolves.toBeDefined();
  });

  test("because of its name leaves nothing behind", async () => {
    expect(await failureOf(() => createSnapshot(context, ""))).toMatchObject({
      traces: [],
      error: { code: "invalid-argument" },
    });
  });

  test("because the library is only read leaves nothing behind", async () => {
    const reading = await openTestContext({ store, clock, seed: 2, readOnly: true });
    expect(await failureOf(() => createSnapshot(reading, "snap"))).toMatchObject({
      traces: [],
      error: { code: "read-only-library" },
    });
  });

  test("because its caller gave up leaves nothing behind", async () => {
    await commitText(context, "s", "a");
    const caller = new AbortController();
    const { refs } = context;
    const aborting: LibraryContext = {
      ...context,
      refs: {
        capabilities: refs.capabilities,
        read: refs.read.bind(refs),
        compareAndSet: refs.compareAndSet.bind(refs),
        list: (range, options) => {
          caller.abort(new Error("enough"));
          return refs.list(range, { ...options, signal: undefined });
        },
      },
    };
    const { signal } = caller;
    expect(await failureOf(() => createSnapshot(aborting, "snap", { signal }))).toMatchObject({
      traces: [],
      error: {},
    });
    expect(signal.aborted).toBe(true);
    await createSnapshot(context, "snap");
  });

  test("because its pages cannot be stored leaves nothing behind", async () => {
    await commitText(context, "s", "a");
    const { blobs } = context;
    const full: LibraryContext = {
      ...context,
      blobs: {
        capabilities: blobs.capabilities,
        get: blobs.get.bind(blobs),
        list: blobs.list.bind(blobs),
        deleteMany: blobs.deleteMany.bind(blobs),
        putNew: () => Promise.reject(new Error("no room")),
      },
    };
    expect(await failureOf(() => createSnapshot(full, "snap"))).toMatchObject({
      traces: [],
      error: { message: "no room" },
    });
  });

  test("names the key of a record that is damaged", async () => {
    await createSnapshot(context, "snap");
    const key = toKey("n/snap");
    const ref = await store.refs.read(key);
    await store.refs.compareAndSet(key, ref?.token, new Uint8Array(40));
    expect(await failureOf(() => createSnapshot(context, "snap"))).toMatchObject({
      traces: [],
      error: {
        code: "data-integrity",
        details: { key },
      },
    });
  });
});
