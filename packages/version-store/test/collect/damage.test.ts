import { describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { harmBlob, harmRef, harms, replaceBlob } from "./damaged-store.ts";
import { commitParts, partsAt } from "./part-values.ts";
import { makeSample, missingFrom, openSample } from "./sample-library.ts";
import { blobKeys, contentsOf, refKeysFrom } from "./store-contents.ts";

const sample = await makeSample();
const hourMs = 3_600_000;
const force = { force: true };

/** The library with nothing but what is needed, and garbage whose time has not come. */
async function openTidy() {
  const opened = await openSample(sample);
  await collect(opened.context, force);
  await commitParts(opened.context, "e", ["e1", "both"]);
  await commitParts(opened.context, "e", ["both", "e2"]);
  await createSnapshot(opened.context, "late");
  await deleteVersion(opened.context, "e", 1);
  return opened;
}

describe("a collection of a library with damage", () => {
  test.each(harms)("deletes nothing when a needed document is %s", async (harm) => {
    const { store, context } = await openTidy();
    // Garbage that could be deleted, if it were known what is needed.
    await store.blobs.putNew("s/er/orphan-er/00000000" as never, new Uint8Array(1));
    const documents = (await blobKeys(store)).filter((key) => !key.startsWith("s/"));
    expect(new Set(documents.map((key) => key[0]))).toEqual(new Set(["m", "v", "p", "x"]));
    for (const key of documents) {
      const putBack = await harmBlob(store, key, harm);
      const blobs = await blobKeys(store);
      for (const dryRun of [true, false]) {
        await expect(collect(context, { ...force, dryRun })).rejects.toMatchObject({
          code: "data-integrity",
          details: { key },
        });
      }
      expect(await blobKeys(store)).toEqual(blobs);
      await putBack();
    }
    expect(await missingFrom(context)).toEqual([]);
    expect(await collect(context, force)).toMatchObject({ owners: [{ blobs: 1 }] });
  });

  test.each(["truncated", "flipped"] as const)(
    "deletes nothing when a head or a snapshot is %s",
    async (harm) => {
      for (const prefix of ["h/", "n/"]) {
        const { store, context } = await openTidy();
        for (const key of await refKeysFrom(store, prefix)) {
          await harmRef(store, key, harm);
          const blobs = await blobKeys(store);
          await expect(collect(context, force)).rejects.toMatchObject({ code: "data-integrity" });
          expect(await blobKeys(store)).toEqual(blobs);
        }
      }
    },
  );

  test("takes a transaction with a damaged intent for one that runs", async () => {
    const { store, context } = await openSample(sample);
    const owners = (await blobKeys(store, "s/")).map((blob) => blob.slice(5, -9));
    const intents = await refKeysFrom(store, "i/");
    const key = intents.find((intent) => owners.includes(intent.slice(2))) ?? "";
    const segments = (await blobKeys(store, "s/")).filter((blob) => blob.includes(key.slice(2)));
    expect(segments).toHaveLength(1);
    await harmRef(store, key, "flipped");
    const report = await collect(context, { ...force, waitMs: 0 });
    // It may be making a snapshot, for all that can be known.
    expect(report).toMatchObject({ deferredBy: [key.slice(2)], versions: 0 });
    expect(await blobKeys(store)).toEqual(expect.arrayContaining(segments));
    expect(await missingFrom(context)).toEqual([]);
  });

  test("says what to do when a newer release wrote what is needed", async () => {
    const { store, context } = await openTidy();
    const [key = ""] = await blobKeys(store, "v/");
    const bytes = (await store.blobs.get(key as never)) ?? new Uint8Array();
    const newer = context.documents.seal(
      "VERS",
      99,
      context.documents.open("VERS", { maxVersion: 1, maxBytes: 2 ** 20 }, bytes).value,
    );
    await replaceBlob(store, key, newer);
    await expect(collect(context, force)).rejects.toMatchObject({ code: "format-too-new" });
  });

  test("goes on once the damaged version is removed and its time has come", async () => {
    const { store, context } = await openTidy();
    const before = new Set(await blobKeys(store, "v/"));
    await commitParts(context, "f", ["bad"]);
    const [key = ""] = (await blobKeys(store, "v/")).filter((other) => !before.has(other));
    await commitParts(context, "f", ["good"]);
    await harmBlob(store, key, "missing");
    await deleteVersion(context, "f", 1);
    await expect(collect(context, force)).rejects.toMatchObject({ code: "data-integrity" });
    await context.clock.sleep(26 * hourMs);
    await collect(context, force);
    expect(await partsAt(context, "f")).toEqual(["good"]);
    expect(await collect(context)).toMatchObject({ owners: [] });
  });
});

describe("versions that no head names, of transactions that are over", () => {
  test("are kept when the head was lost", async () => {
    const { store, context } = await openTidy();
    const before = await blobKeys(store);
    await harmRef(store, "h/e", "missing");
    const report = await collect(context, force);
    // A snapshot names the other version.
    expect(report.stranded).toMatchObject([{ symbol: "e", version: 1 }]);
    // The page of removed versions went with the head: only the versions can bring it back.
    expect((await blobKeys(store)).filter((key) => !key.startsWith("p/"))).toEqual(
      before.filter((key) => !key.startsWith("p/")),
    );
  });

  test("are kept when the head went back in time", async () => {
    const { store, context } = await openTidy();
    const old = await store.refs.read("h/c" as never);
    await commitParts(context, "c", ["c3"]);
    const now = await store.refs.read("h/c" as never);
    await store.refs.compareAndSet("h/c" as never, now?.token, old?.value);
    const before = await contentsOf(context);
    expect(await collect(context, force)).toMatchObject({
      stranded: [{ symbol: "c", version: 3 }],
    });
    expect(await contentsOf(context)).toEqual(before);
    // Once the number belongs to another version, nobody can miss it.
    await commitParts(context, "c", ["c3, again"]);
    expect(await collect(context, force)).toMatchObject({ stranded: [], owners: [{ blobs: 2 }] });
    expect(await partsAt(context, "c")).toEqual(["c3, again"]);
  });

  test.each(["missing", "truncated"] as const)(
    "are garbage when one of their segments is %s",
    async (harm) => {
      const { store, context } = await openTidy();
      const segments = new Set(await blobKeys(store, "s/"));
      await commitParts(context, "new", ["one", "two"]);
      const [added = ""] = (await blobKeys(store, "s/")).filter((key) => !segments.has(key));
      await harmBlob(store, added, harm);
      await harmRef(store, "h/new", "missing");
      const report = await collect(context, force);
      expect(report).toMatchObject({
        stranded: [],
        owners: [{ blobs: harm === "missing" ? 2 : 3 }],
      });
    },
  );
});
