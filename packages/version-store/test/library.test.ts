import { toKey } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createDocumentCodec } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { createLibrary, openLibrary } from "../src/index.ts";
import { allBlobs, openTestLibrary, readText, refKeys, writeText } from "./open-test-library.ts";

describe("library", () => {
  test("opens what was created, with the same id", async () => {
    const { store, library } = await openTestLibrary();
    const again = await openLibrary({ store });
    expect(again.config).toEqual(library.config);
  });

  test("is created once", async () => {
    const store = openMemoryStore();
    const results = await Promise.allSettled([createLibrary({ store }), createLibrary({ store })]);
    expect(new Set(results.map((result) => result.status))).toEqual(
      new Set(["fulfilled", "rejected"]),
    );
    await expect(createLibrary({ store })).rejects.toMatchObject({ code: "library-exists" });
  });

  test("keeps its records in one store and its bytes in another", async () => {
    const [records, bytes] = [openMemoryStore(), openMemoryStore()];
    const store = { refs: records.refs, blobs: bytes.blobs };
    const created = await createLibrary({ store, times: { graceMs: 0 } });
    await created.write("s", "first");
    await created.write("s", "second");
    await created.prune("s", { keepLast: 1 });
    expect((await created.collect({ force: true })).versions).toBe(1);
    const library = await openLibrary({ store });
    expect((await library.read("s")).value).toBe("second");
    expect(await library.fsck({ level: 2 })).toMatchObject({ healthy: true, findings: [] });
    expect(await refKeys(bytes)).toEqual([]);
    expect((await allBlobs(records)).size).toBe(0);
  });

  test("is not found in an empty store", async () => {
    await expect(openLibrary({ store: openMemoryStore() })).rejects.toMatchObject({
      name: "VersionStoreError",
      code: "not-a-library",
    });
  });

  test("of a newer format says to upgrade", async () => {
    const store = openMemoryStore();
    const documents = await createDocumentCodec();
    const newer = documents.seal("LIBC", 3, { id: "x", created_at_ms: 0, extra: true });
    await store.refs.compareAndSet(toKey("config"), undefined, newer);
    await expect(openLibrary({ store })).rejects.toMatchObject({
      code: "format-too-new",
      message: expect.stringContaining("upgrade") as string,
    });
  });

  test("keeps symbols with unusual names apart and lists them", async () => {
    const { library } = await openTestLibrary();
    const names = [
      "a/b",
      "a-b",
      "ab",
      "A/B",
      "..",
      "é",
      "🎲",
      "a#b",
      "a b",
      "%41",
      "A",
      "x".repeat(1024),
    ];
    for (const name of names) await writeText(library, name, `text of ${name}`);
    for (const name of names) expect(await readText(library, name)).toBe(`text of ${name}`);
    const listed: (string | undefined)[] = [];
    for await (const batch of library.listSymbols()) listed.push(...batch.map((e) => e.symbol));
    expect(listed).toHaveLength(names.length);
    expect(new Set(listed)).toEqual(new Set(names));
  });

  test("lists by prefix, long names included", async () => {
    const { library } = await openTestLibrary();
    const long = `p/${"é".repeat(400)}`;
    for (const name of ["p/1", "p/2", "q/1", "p", long]) await writeText(library, name, name);
    const listed: (string | undefined)[] = [];
    for await (const batch of library.listSymbols({ prefix: "p/" })) {
      listed.push(...batch.map((entry) => entry.symbol));
    }
    expect(listed).toEqual(["p/1", "p/2", long]);
  });

  test("lists in batches of the size that is asked for", async () => {
    const { library } = await openTestLibrary();
    for (const name of ["a", "b", "c", "d", "e"]) await writeText(library, name, name);
    const sizes: number[] = [];
    for await (const batch of library.listSymbols({ batchSize: 2 })) sizes.push(batch.length);
    expect(sizes).toEqual([2, 2, 1]);
    const none = library.listSymbols({ batchSize: 0 })[Symbol.asyncIterator]();
    await expect(none.next()).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test.each(["", "\ud800", "x".repeat(1025)])("refuses a name case %#", async (name) => {
    const { library } = await openTestLibrary();
    await expect(library.begin(name)).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("reads nothing for an unknown symbol or version", async () => {
    const { library } = await openTestLibrary();
    await writeText(library, "known", "1");
    await expect(library.resolve("unknown")).rejects.toMatchObject({ code: "no-data-found" });
    for (const version of [2, -2]) {
      await expect(library.resolve("known", { asOf: version })).rejects.toMatchObject({
        code: "no-data-found",
      });
    }
  });
});
