import { toKey, type BlobStore, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { listSnapshotSymbols } from "../../src/snapshot/list-snapshot-symbols.ts";
import { listSnapshots } from "../../src/snapshot/list-snapshots.ts";
import { allPinnedVersions, pinnedVersions } from "../../src/snapshot/pins.ts";
import { readSnapshotRecord } from "../../src/snapshot/snapshot-record.ts";
import { storeHead } from "../head/store-head.ts";
import { versionEntries } from "../head/version-entries.ts";
import { openTestContext } from "../open-test-context.ts";
import { commitText, commitTexts, itemsOf, present } from "../text-versions.ts";

let store: Store;
let context: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  context = await openTestContext({ store });
});

async function damageRecord(name: string): Promise<void> {
  const key = toKey(`n/${name}`);
  const ref = await store.refs.read(key);
  await store.refs.compareAndSet(key, ref?.token, new Uint8Array(30));
}

/** A context whose first read of a snapshot's page finds nothing, after `meanwhile` happened. */
function losingPage(meanwhile: () => Promise<void>): LibraryContext {
  let lost = false;
  const { blobs } = context;
  const get: BlobStore["get"] = async (key, options) => {
    if (!lost && key.startsWith("x/")) {
      lost = true;
      await meanwhile();
      return undefined;
    }
    return blobs.get(key, options);
  };
  return {
    ...context,
    blobs: {
      capabilities: blobs.capabilities,
      get,
      putNew: blobs.putNew.bind(blobs),
      deleteMany: blobs.deleteMany.bind(blobs),
      list: blobs.list.bind(blobs),
    },
  };
}

/** Collections delete the pages of dropped snapshots; here the library lost them at once. */
async function replaceSnapshot(): Promise<void> {
  await deleteSnapshot(context, "snap");
  await commitText(context, "s", "newer");
  await createSnapshot(context, "snap");
}

describe("a list of snapshots", () => {
  test("has unusual and long names, and neither deleted nor damaged ones get in its way", async () => {
    const names = ["a/b", "é 🎲", "long ".repeat(150), "z"];
    for (const name of [...names, "deleted", "damaged"]) await createSnapshot(context, name);
    await deleteSnapshot(context, "deleted");
    await damageRecord("damaged");
    const listed = await itemsOf(listSnapshots(context));
    expect(listed.filter(({ name }) => name === undefined)).toMatchObject([
      { key: "n/damaged", error: { code: "data-integrity", details: { key: "n/damaged" } } },
    ]);
    const found = listed.flatMap(({ name }) => name ?? []);
    expect(found.toSorted()).toEqual(names.toSorted());
  });

  test("tells of a record that lies under another's name", async () => {
    for (const name of ["one", "two"]) await createSnapshot(context, name);
    const [one, two] = [
      await store.refs.read(toKey("n/one")),
      await store.refs.read(toKey("n/two")),
    ];
    await store.refs.compareAndSet(toKey("n/two"), two?.token, one?.value);
    expect(await itemsOf(listSnapshots(context))).toMatchObject([
      { name: "one" },
      { name: undefined, key: "n/two", error: { code: "data-integrity" } },
    ]);
  });
});

describe("a list of what a snapshot pins", () => {
  test("is refused for a snapshot that is not there", async () => {
    await expect(itemsOf(listSnapshotSymbols(context, "snap"))).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });

  test("ends with an error, rather than with another snapshot's symbols, when it is replaced", async () => {
    await commitText(context, "s", "old");
    await createSnapshot(context, "snap");
    const lost = losingPage(replaceSnapshot);
    await expect(itemsOf(listSnapshotSymbols(lost, "snap"))).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
  });

  test("ends with an error when a page is missing", async () => {
    await commitText(context, "s", "old");
    await createSnapshot(context, "snap");
    const lost = losingPage(async () => undefined);
    await expect(itemsOf(listSnapshotSymbols(lost, "snap"))).rejects.toMatchObject({
      code: "data-integrity",
    });
  });
});

describe("pinned versions", () => {
  test("of a symbol are told with the names of the snapshots, in order", async () => {
    await commitTexts(context, "s", ["1", "2"]);
    await commitText(context, "other", "1");
    // Listed after all others, since its name is too long for a key.
    const long = "a".repeat(500);
    for (const name of ["b", "a", long, "deleted"]) await createSnapshot(context, name);
    await commitText(context, "s", "3");
    await createSnapshot(context, "c");
    await createSnapshot(context, "without", { skipSymbols: ["s"] });
    await deleteSnapshot(context, "deleted");
    expect(await pinnedVersions(context, "s")).toEqual(
      new Map([
        [2, ["a", long, "b"]],
        [3, ["c"]],
      ]),
    );
    expect(await pinnedVersions(context, "unknown")).toEqual(new Map());
  });

  test("of all symbols of a prefix are found on whatever page they are", async () => {
    const names = Array.from({ length: 1005 }, (_, index) => `p${index}`);
    for (const name of [...names, "o", "q"]) await storeHead(context, versionEntries(1), name);
    await createSnapshot(context, "one");
    await commitTexts(context, "p7", ["2", "3"]);
    await createSnapshot(context, "two");
    const pages = present((await readSnapshotRecord(context, "one"))?.record.current).pages;
    const second = present(pages[1]).firstSymbol;
    expect(await allPinnedVersions(context, "")).toEqual(
      new Map([...names, "o", "q"].map((name) => [name, new Set(name === "p7" ? [1, 3] : [1])])),
    );
    const prefixes = ["o", "p", "p7", "p99", "q", second, second.slice(0, -1), "a", "z"];
    for (const prefix of prefixes) {
      const wanted = [...names, "o", "q"].filter((name) => name.startsWith(prefix));
      expect(new Set((await allPinnedVersions(context, prefix)).keys())).toEqual(new Set(wanted));
    }
  });

  test("of one symbol cost the list of records and a page of each snapshot", async () => {
    const names = Array.from({ length: 1005 }, (_, index) => `p${index}`);
    for (const name of names) await storeHead(context, versionEntries(1), name);
    for (const name of ["one", "two"]) await createSnapshot(context, name);
    const read: string[] = [];
    const { blobs } = context;
    const observed: LibraryContext = {
      ...context,
      blobs: {
        capabilities: blobs.capabilities,
        get: (key, options) => {
          read.push(key);
          return blobs.get(key, options);
        },
        putNew: blobs.putNew.bind(blobs),
        deleteMany: blobs.deleteMany.bind(blobs),
        list: blobs.list.bind(blobs),
      },
    };
    expect(await pinnedVersions(observed, "p3")).toEqual(new Map([[1, ["one", "two"]]]));
    expect(read).toHaveLength(2);
    const { pages } = present((await readSnapshotRecord(context, "one"))?.record.current);
    for (const prefix of ["p0", present(pages[1]).firstSymbol]) {
      read.length = 0;
      await allPinnedVersions(observed, prefix);
      expect(read).toHaveLength(2);
    }
  });

  test("cannot be told when a snapshot is damaged", async () => {
    await commitText(context, "s", "1");
    for (const name of ["one", "two"]) await createSnapshot(context, name);
    await damageRecord("two");
    const damaged = { code: "data-integrity", details: { key: "n/two" } };
    await expect(pinnedVersions(context, "s")).rejects.toMatchObject(damaged);
    await expect(allPinnedVersions(context, "")).rejects.toMatchObject(damaged);
  });

  test("of a snapshot that is replaced meanwhile are those of the newer one", async () => {
    await commitText(context, "s", "old");
    await createSnapshot(context, "snap");
    expect(await pinnedVersions(losingPage(replaceSnapshot), "s")).toEqual(
      new Map([[2, ["snap"]]]),
    );
    const gone = losingPage(() => deleteSnapshot(context, "snap"));
    expect(await allPinnedVersions(gone, "")).toEqual(new Map());
  });

  test("cannot be told when a page is missing", async () => {
    await commitText(context, "s", "old");
    await createSnapshot(context, "snap");
    const lost = losingPage(async () => undefined);
    await expect(pinnedVersions(lost, "s")).rejects.toMatchObject({ code: "data-integrity" });
  });
});
