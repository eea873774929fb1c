import { toKey, type Key, type Store } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { isVersionStoreError, type Library } from "../src/index.ts";
import { allBlobs, openTestLibrary, readText, writeText } from "./open-test-library.ts";

/** Replaces a blob behind the library's back. */
async function replaceBlob(store: Store, key: Key, bytes: Uint8Array): Promise<void> {
  await store.blobs.deleteMany([key]);
  await store.blobs.putNew(key, bytes);
}

async function expectDamage(library: Library, symbol: string): Promise<void> {
  const error = await library.resolve(symbol).catch((e: unknown) => e);
  expect(isVersionStoreError(error, "data-integrity", "format-too-new")).toBe(true);
}

describe("damage", () => {
  test("in any single byte of a version or manifest is found on read", async () => {
    const { library, store } = await openTestLibrary();
    await writeText(library, "s", "text");
    for (const [key, bytes] of await allBlobs(store)) {
      for (let index = 0; index < bytes.length; index += 1) {
        const flipped = bytes.slice();
        flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
        await replaceBlob(store, toKey(key), flipped);
        await expectDamage(library, "s");
      }
      await replaceBlob(store, toKey(key), bytes);
    }
    expect(await readText(library, "s")).toBe("text");
  });

  test("in any single byte of a head is found on read and on listing", async () => {
    const { library, store } = await openTestLibrary();
    await writeText(library, "s", "text");
    const key = toKey("h/s");
    const original = await store.refs.read(key);
    const bytes = original?.value ?? new Uint8Array();
    expect(bytes.length).toBeGreaterThan(100);
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = bytes.slice();
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      const current = await store.refs.read(key);
      await store.refs.compareAndSet(key, current?.token, flipped);
      await expectDamage(library, "s");
    }
    for await (const [entry] of library.listSymbols()) {
      expect(entry).toMatchObject({ symbol: undefined, key, error: { name: "VersionStoreError" } });
    }
  });

  test("by a missing blob is found on read", async () => {
    const { library, store } = await openTestLibrary();
    await writeText(library, "s", "text");
    for (const [key, bytes] of await allBlobs(store)) {
      await store.blobs.deleteMany([toKey(key)]);
      await expectDamage(library, "s");
      await store.blobs.putNew(toKey(key), bytes);
    }
    expect(await readText(library, "s")).toBe("text");
  });

  test("by another symbol's sound document or head is found on read", async () => {
    const { library, store } = await openTestLibrary();
    await writeText(library, "one", "text one");
    const first = await allBlobs(store);
    await writeText(library, "two", "text two");
    const second = [...(await allBlobs(store))].filter(([key]) => !first.has(key));
    for (const [key, bytes] of first) {
      const other = second.find(([otherKey]) => otherKey[0] === key[0])?.[1];
      await replaceBlob(store, toKey(key), other ?? new Uint8Array());
      await expectDamage(library, "one");
      await replaceBlob(store, toKey(key), bytes);
    }
    const foreign = await store.refs.read(toKey("h/two"));
    const own = await store.refs.read(toKey("h/one"));
    await store.refs.compareAndSet(toKey("h/one"), own?.token, foreign?.value);
    await expectDamage(library, "one");
    expect(await readText(library, "two")).toBe("text two");
  });
});
