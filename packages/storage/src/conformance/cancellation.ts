import { toKey } from "../key.ts";
import type { Store } from "../store.ts";
import { assertBytes, assertEqual, assertListingRejects, assertRejects } from "./assertions.ts";
import { collectKeys } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRow, write } from "./row-samples.ts";
import { bytesOf, forAll, numberedKeys } from "./sample-data.ts";

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

const key = toKey("key");
const other = toKey("other");

async function fill(store: Store): Promise<void> {
  const table = await openTable(store);
  await forAll(numberedKeys("k", 9), async (name) => {
    await store.blobs.putNew(name, bytesOf("x"));
    await store.refs.compareAndSet(name, undefined, bytesOf("x"));
    await write(table, row(name, set("f:q@1", "x")));
  });
}

export function cancellationCases(add: AddCase): void {
  add("an aborted signal ends calls on blobs and leaves everything as it is", async ({ blobs }) => {
    const signal = AbortSignal.abort();
    await blobs.putNew(key, bytesOf("x"));
    await assertRejects("putNew", () => blobs.putNew(other, bytesOf("y"), { signal }), "aborted");
    await assertRejects("get", () => blobs.get(key, { signal }), "aborted");
    await assertRejects("deleteMany", () => blobs.deleteMany([key], { signal }), "aborted");
    await assertListingRejects("list", () => blobs.list({}, { signal }), "aborted");
    assertEqual(await collectKeys(blobs.list({})), [key], "blobs");
    assertBytes(await blobs.get(key), bytesOf("x"), "the blob");
  });

  add("an aborted signal ends calls on refs and leaves everything as it is", async ({ refs }) => {
    const signal = AbortSignal.abort();
    await refs.compareAndSet(key, undefined, bytesOf("x"));
    const before = await refs.read(key);
    await assertRejects("read", () => refs.read(key, { signal }), "aborted");
    await assertListingRejects("list", () => refs.list({}, { signal }), "aborted");
    const changes = [
      () => refs.compareAndSet(other, undefined, bytesOf("y"), { signal }),
      () => refs.compareAndSet(key, before?.token, bytesOf("y"), { signal }),
      () => refs.compareAndSet(key, before?.token, undefined, { signal }),
    ];
    for (const change of changes) await assertRejects("compareAndSet", change, "aborted");
    assertEqual(await collectKeys(refs.list({})), [key], "records");
    assertEqual((await refs.read(key))?.token, before?.token, "the record's token");
  });

  add("an aborted signal ends calls on rows and leaves everything as it is", async (store) => {
    const signal = AbortSignal.abort();
    const table = await openTable(store);
    await write(table, row("r", set("f:q@1", "x")));
    const mutation = row("r", set("f:q@2", "y"));
    const predicate = { family: "f", qualifier: "q" };
    const calls: Calls = {
      families: () => table.families({ signal }),
      setFamily: () => table.setFamily("new", {}, { signal }),
      mutateRows: () => table.mutateRows([mutation], { signal }),
      checkAndMutateRow: () =>
        table.checkAndMutateRow(
          { key: mutation.key, predicate, onMatch: mutation.mutations },
          { signal },
        ),
    };
    for (const [name, call] of Object.entries(calls)) await assertRejects(name, call, "aborted");
    await assertListingRejects("readRows", () => table.readRows({}, { signal }), "aborted");
    assertEqual(await showRow(table, "r"), "r f:q@1=x", "row");
    assertEqual((await table.families()).has("new"), false, "the family");
  });

  add("an abort between batches ends the listing", async (store) => {
    await fill(store);
    const listings = [
      (signal: AbortSignal) => store.blobs.list({}, { signal, batchSize: 3 }),
      (signal: AbortSignal) => store.refs.list({}, { signal, batchSize: 3 }),
      (signal: AbortSignal) => store.table("rows").readRows({}, { signal, batchSize: 3 }),
    ];
    for (const list of listings) {
      const controller = new AbortController();
      const batches = list(controller.signal)[Symbol.asyncIterator]();
      assertEqual((await batches.next()).done, false, "the first batch comes");
      controller.abort();
      await assertRejects("the batch after the abort", () => batches.next(), "aborted");
    }
  });

  add("a signal that is never aborted, or aborted afterwards, disturbs nothing", async (store) => {
    const controller = new AbortController();
    const { signal } = controller;
    await store.blobs.putNew(key, bytesOf("x"), { signal });
    await store.refs.compareAndSet(key, undefined, bytesOf("x"), { signal });
    controller.abort();
    assertBytes(await store.blobs.get(key), bytesOf("x"), "the blob");
    assertBytes((await store.refs.read(key))?.value, bytesOf("x"), "the record");
  });
}
