import { expect, test } from "vitest";
import { toKey, type Store } from "@foretile/storage";
import { openBareS3Store, openS3Store } from "../../../src/index.ts";
import { createRequestCounter } from "./request-counter.ts";
import { serviceStores } from "./service-stores.ts";

const stores = await serviceStores();
const key = toKey("a");
const other = toKey("b");
const bytes = new Uint8Array([1, 2, 3]);

async function open(): Promise<{ readonly store: Store; readonly take: () => object }> {
  const counter = createRequestCounter();
  const store = await openBareS3Store(stores.place({ observe: counter.observe }));
  counter.take();
  return { store, take: () => counter.take() };
}

test("a blob is one request to put, to get whole or in part, and to list", async () => {
  const { store, take } = await open();
  await store.blobs.putNew(key, bytes);
  expect(take()).toEqual({ PutObject: 1 });
  await store.blobs.get(key);
  await store.blobs.get(key, { range: { offset: 1, length: 1 } });
  await store.blobs.get(other);
  expect(take()).toEqual({ GetObject: 3 });
  await store.blobs.get(key, { range: { offset: 1, length: 0 } });
  await store.blobs.putNew(key, bytes);
  expect(take()).toEqual({ HeadObject: 2, PutObject: 1 });
  for await (const batch of store.blobs.list({})) expect(batch).toHaveLength(1);
  expect(take()).toEqual({ ListObjectsV2: 1 });
  await store.blobs.deleteMany([key, other, key]);
  expect(take()).toEqual({ DeleteObjects: 1 });
  await store.close();
});

test("a ref is one request to read and to change, one more for a lost race", async () => {
  const { store, take } = await open();
  const one = await store.refs.compareAndSet(key, undefined, bytes);
  const token = one.swapped ? one.token : undefined;
  await store.refs.compareAndSet(key, token, bytes);
  expect(take()).toEqual({ PutObject: 2 });
  await store.refs.compareAndSet(key, token, bytes);
  expect(take()).toEqual({ PutObject: 1, GetObject: 1 });
  await store.refs.compareAndSet(other, undefined, bytes);
  await store.refs.read(key);
  expect(take()).toEqual({ PutObject: 1, GetObject: 1 });
  for await (const batch of store.refs.list({})) expect(batch).toHaveLength(2);
  expect(take()).toEqual({ ListObjectsV2: 1, GetObject: 2 });
  await store.close();
});

test("a deleted ref costs nothing in a listing, and two requests more to create again", async () => {
  const { store, take } = await open();
  const one = await store.refs.compareAndSet(key, undefined, bytes);
  await store.refs.compareAndSet(key, one.swapped ? one.token : undefined, undefined);
  expect(take()).toEqual({ PutObject: 2 });
  for await (const batch of store.refs.list({})) expect(batch).toBeUndefined();
  expect(take()).toEqual({ ListObjectsV2: 1 });
  await store.refs.compareAndSet(key, undefined, bytes);
  expect(take()).toEqual({ PutObject: 2, GetObject: 1 });
  await store.close();
});

test("a row is read and written as a whole, and one for the families of the table", async () => {
  const { store, take } = await open();
  const table = store.table("t");
  await table.setFamily("f", {});
  expect(take()).toEqual({ GetObject: 1, PutObject: 1 });
  const set = { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0 } as const;
  const mutations = [{ ...set, value: bytes }];
  await table.mutateRows([
    { key, mutations },
    { key: other, mutations },
  ]);
  expect(take()).toEqual({ GetObject: 3, PutObject: 2 });
  await table.mutateRows([{ key, mutations }]);
  expect(take()).toEqual({ GetObject: 2 });
  for await (const batch of table.readRows({ keys: [key] })) expect(batch).toHaveLength(1);
  expect(take()).toEqual({ GetObject: 2 });
  for await (const batch of table.readRows({})) expect(batch).toHaveLength(2);
  expect(take()).toEqual({ GetObject: 3, ListObjectsV2: 1 });
  const predicate = { family: "f", qualifier: "q", value: bytes };
  await table.checkAndMutateRow({ key, predicate, onMatch: [{ type: "delete-row" }] });
  expect(take()).toEqual({ GetObject: 2, PutObject: 1 });
  await store.close();
});

test("opening for reading is one request, for writing a few", async () => {
  const place = stores.place();
  await (await openS3Store(place)).close();
  const counter = createRequestCounter();
  const { observe } = counter;
  await (await openS3Store({ ...place, mode: "read", observe })).close();
  expect(counter.take()).toEqual({ GetObject: 1 });
  await (await openS3Store({ ...place, mode: "write", observe })).close();
  expect(counter.take()).toEqual({ GetObject: 3, PutObject: 4, DeleteObjects: 1 });
  await (await openS3Store({ ...place, mode: "write", probe: false, observe })).close();
  expect(counter.take()).toEqual({ GetObject: 1 });
});
