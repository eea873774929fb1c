import { createDocumentCodec } from "@foretile/codecs/msgpack";
import { StorageError, toKey, type RefStore, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import { createLibrary, openLibrary, type LibraryTimes } from "../../src/index.ts";
import { refKeys } from "../open-test-library.ts";

const key = toKey("config");

let store: Store;

beforeEach(() => {
  store = openMemoryStore();
});

/** The store, with another way to change records. */
function changing(compareAndSet: RefStore["compareAndSet"]): Pick<Store, "blobs" | "refs"> {
  const { refs, blobs } = store;
  return {
    blobs,
    refs: {
      capabilities: refs.capabilities,
      read: (...call) => refs.read(...call),
      list: (...call) => refs.list(...call),
      compareAndSet,
    },
  };
}

const noReply = (): StorageError =>
  new StorageError("timeout", "no reply", { retry: "unknown-outcome" });

describe("of several who make a library in one store at once", () => {
  test("exactly one does, and the others are told that it is there", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => createLibrary({ store })),
    );
    const made = results.filter((result) => result.status === "fulfilled");
    const failed = results.filter((result) => result.status === "rejected");
    expect(made).toHaveLength(1);
    for (const { reason } of failed) expect(reason).toMatchObject({ code: "library-exists" });
    expect((await openLibrary({ store })).config).toEqual(made[0]?.value.config);
  });
});

describe("the reply to the making of a library is lost", () => {
  test("and it was made", async () => {
    const lossy = changing(async (...call) => {
      await store.refs.compareAndSet(...call);
      throw noReply();
    });
    const { config } = await createLibrary({ store: lossy, probe: false });
    expect((await openLibrary({ store })).config).toEqual(config);
  });

  test("and somebody else's is there", async () => {
    const lossy = changing(async () => {
      await createLibrary({ store });
      throw noReply();
    });
    await expect(createLibrary({ store: lossy, probe: false })).rejects.toMatchObject({
      code: "library-exists",
    });
  });

  test("and it is not there yet", async () => {
    const lossy = changing(() => Promise.reject(noReply()));
    await expect(createLibrary({ store: lossy, probe: false })).rejects.toMatchObject({
      retry: "unknown-outcome",
    });
  });
});

describe("a library that could not be opened again is not made:", () => {
  test.each<Partial<LibraryTimes>>([
    { transactionLifetimeMs: 0 },
    { stageLifetimeMs: 0 },
    { graceMs: -1 },
    { undeleteMs: 0.5 },
    { graceMs: NaN },
    { graceMs: Infinity },
    { undeleteMs: 2 ** 53 },
  ])("times of %o", async (times) => {
    await expect(createLibrary({ store, times })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await refKeys(store)).toEqual([]);
  });

  test.each([0, -1, 0.5, NaN])("a quota of %d bytes", async (quotaBytes) => {
    await expect(createLibrary({ store, quotaBytes })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await refKeys(store)).toEqual([]);
  });
});

describe("a library whose config", () => {
  test("is damaged in any bit is not opened", async () => {
    await createLibrary({ store });
    const sound = (await store.refs.read(key))?.value ?? new Uint8Array();
    expect(sound.length).toBeGreaterThan(100);
    for (let index = 0; index < sound.length; index += 1) {
      const flipped = sound.slice();
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      const before = await store.refs.read(key);
      await store.refs.compareAndSet(key, before?.token, flipped);
      await expect(openLibrary({ store })).rejects.toMatchObject({ name: "VersionStoreError" });
      await expect(createLibrary({ store })).rejects.toMatchObject({ code: "library-exists" });
    }
  });

  test("lacks a field is damaged", async () => {
    const documents = await createDocumentCodec();
    const bytes = documents.seal("LIBC", 1, { id: "x", created_at_ms: 0 });
    await store.refs.compareAndSet(key, undefined, bytes);
    await expect(openLibrary({ store })).rejects.toMatchObject({ code: "data-integrity" });
  });

  test("vector 119: is of a newer format is neither opened nor overwritten", async () => {
    const documents = await createDocumentCodec();
    const bytes = documents.seal("LIBC", 3, { anything: true });
    await store.refs.compareAndSet(key, undefined, bytes);
    await expect(openLibrary({ store })).rejects.toMatchObject({ code: "format-too-new" });
    await expect(createLibrary({ store })).rejects.toMatchObject({ code: "library-exists" });
    expect((await store.refs.read(key))?.value).toEqual(bytes);
  });
});
