import { toKey } from "../key.ts";
import { assertEqual, assertListingRejects, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, writeKeys } from "./row-samples.ts";
import { bytesOf, forAll, numberedKeys } from "./sample-data.ts";

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

const key = toKey("key");

export function lifecycleCases(add: AddCase): void {
  add("closing is idempotent, one after another and at the same time", async (store) => {
    await store.blobs.putNew(key, bytesOf("x"));
    await Promise.all([store.close(), store.close()]);
    await store.close();
    await store[Symbol.asyncDispose]();
  });

  add("after closing every call on blobs and refs fails with closed", async (store) => {
    const { blobs, refs } = store;
    await blobs.putNew(key, bytesOf("x"));
    await store.close();
    const calls: Calls = {
      putNew: () => blobs.putNew(key, bytesOf("x")),
      get: () => blobs.get(key),
      deleteMany: () => blobs.deleteMany([key]),
      read: () => refs.read(key),
      compareAndSet: () => refs.compareAndSet(key, undefined, bytesOf("x")),
    };
    for (const [name, call] of Object.entries(calls)) await assertRejects(name, call, "closed");
    await assertListingRejects("blobs.list", () => blobs.list({}), "closed");
    await assertListingRejects("refs.list", () => refs.list({}), "closed");
  });

  add("after closing every call on a table fails with closed", async (store) => {
    const table = await openTable(store);
    await store.close();
    const mutation = row("r", set("f:q@1", "x"));
    const predicate = { family: "f", qualifier: "q" };
    const calls: Calls = {
      families: () => table.families(),
      setFamily: () => table.setFamily("f", {}),
      mutateRows: () => table.mutateRows([mutation]),
      checkAndMutateRow: () =>
        table.checkAndMutateRow({ key, predicate, onMatch: mutation.mutations }),
    };
    for (const [name, call] of Object.entries(calls)) await assertRejects(name, call, "closed");
    await assertListingRejects("readRows", () => table.readRows({}), "closed");
  });

  add("after disposing with await using a call fails with closed", async (store) => {
    {
      await using scoped = store;
      await scoped.blobs.putNew(key, bytesOf("x"));
    }
    await assertRejects("get", () => store.blobs.get(key), "closed");
  });

  add("the next batch of a listing that is open at closing fails with closed", async (store) => {
    const table = await openTable(store);
    const keys = numberedKeys("k", 9);
    await forAll(keys, (name) => store.blobs.putNew(name, bytesOf("x")));
    await forAll(keys, (name) => store.refs.compareAndSet(name, undefined, bytesOf("x")));
    await writeKeys(table, keys);
    const listings = [
      store.blobs.list({}, { batchSize: 3 }),
      store.refs.list({}, { batchSize: 3 }),
      table.readRows({}, { batchSize: 3 }),
    ].map((listing): AsyncIterator<unknown> => listing[Symbol.asyncIterator]());
    for (const listing of listings) {
      assertEqual((await listing.next()).done, false, "the first batch comes");
    }
    await store.close();
    for (const listing of listings) {
      await assertRejects("the batch after closing", () => listing.next(), "closed");
    }
  });

  add("closing waits for calls under way", async (store) => {
    let settled = 0;
    const calls = numberedKeys("k", 20).map((name) =>
      store.blobs.putNew(name, bytesOf("x")).finally(() => (settled += 1)),
    );
    await store.close();
    assertEqual(settled, 20, "calls that had settled when the store was closed");
    await Promise.allSettled(calls);
  });
}
