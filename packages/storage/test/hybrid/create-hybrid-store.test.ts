import { describe, expect, test } from "vitest";
import { storeConformance } from "../../src/conformance/index.ts";
import { createHybridStore } from "../../src/hybrid/index.ts";
import { toKey, type Store } from "../../src/index.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

const key = toKey("key");
const bytes = new Uint8Array([1, 2, 3]);

storeConformance(
  { describe, test },
  {
    name: "hybrid of two memory stores",
    open: async () => createHybridStore({ refs: openMemoryStore(), blobs: openMemoryStore() }),
  },
);

test("records and rows are in one store, blobs in the other", async () => {
  const refs = openMemoryStore();
  const blobs = openMemoryStore();
  const store = createHybridStore({ refs, blobs });
  await store.blobs.putNew(key, bytes);
  await store.refs.compareAndSet(key, undefined, bytes);
  await store.table("t").setFamily("f", {});

  expect(await blobs.blobs.get(key)).toEqual(bytes);
  expect(await refs.blobs.get(key)).toBeUndefined();
  expect((await refs.refs.read(key))?.value).toEqual(bytes);
  expect(await blobs.refs.read(key)).toBeUndefined();
  expect([...(await refs.table("t").families()).keys()]).toEqual(["f"]);
  expect((await blobs.table("t").families()).size).toBe(0);
});

test("closing closes both, also when one fails, and tells of every failure", async () => {
  const memory = openMemoryStore();
  await expect(createHybridStore({ refs: broken("one"), blobs: memory }).close()).rejects.toThrow(
    "one",
  );
  await expect(memory.blobs.get(key)).rejects.toMatchObject({ code: "closed" });

  const both = createHybridStore({ refs: broken("one"), blobs: broken("two") });
  await expect(both.close()).rejects.toMatchObject({
    name: "StorageError",
    cause: { errors: [{ message: "one" }, { message: "two" }] },
  });
});

/** Fails to close. */
function broken(message: string): Store {
  return { ...openMemoryStore(), close: () => Promise.reject(new Error(message)) };
}
