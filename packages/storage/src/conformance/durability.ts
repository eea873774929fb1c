import { toKey } from "../key.ts";
import type { Store } from "../store.ts";
import { assert, assertBytes, assertEqual } from "./assertions.ts";
import { collect, collectKeys } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { openTable, row, set, showRows, write } from "./row-samples.ts";
import { bytesOf, patternBytes, textOf } from "./sample-data.ts";

const key = toKey("key");
const other = toKey("other");

export function durabilityCases(add: AddCase, reopen: (store: Store) => Promise<Store>): void {
  add("acknowledged blobs and deletes are there after reopening", async (store) => {
    const bytes = patternBytes(100_000, 1);
    await store.blobs.putNew(key, bytes);
    await store.blobs.putNew(other, bytes);
    await store.blobs.deleteMany([other]);
    await using again = await reopen(store);
    assertBytes(await again.blobs.get(key), bytes, "get");
    assertEqual(await collectKeys(again.blobs.list({})), [key], "list");
  });

  add("acknowledged records keep their tokens, and used tokens never return", async (store) => {
    const first = await store.refs.compareAndSet(key, undefined, bytesOf("A"));
    const gone = await store.refs.compareAndSet(other, undefined, bytesOf("A"));
    assert(first.swapped && gone.swapped, "creates swap");
    assert((await store.refs.compareAndSet(other, gone.token, undefined)).swapped, "delete swaps");
    await using again = await reopen(store);
    const ref = await again.refs.read(key);
    assertEqual([textOf(ref?.value), ref?.token], ["A", first.token], "read");
    assertEqual(await again.refs.read(other), undefined, "the deleted record");

    const created = await again.refs.compareAndSet(other, undefined, bytesOf("A"));
    const replaced = await again.refs.compareAndSet(key, first.token, bytesOf("B"));
    assert(created.swapped && replaced.swapped, "changes after reopening swap");
    const tokens = [first.token, gone.token, created.token, replaced.token];
    assertEqual(new Set(tokens).size, 4, "distinct tokens");
  });

  add("acknowledged rows, families and rules are there after reopening", async (store) => {
    const table = await openTable(store);
    await table.setFamily("g", { maxVersions: 1 });
    await write(table, row("a", set("f:q@1", "x")), row("b", set("g:q@1", "1"), set("g:q@2", "2")));
    await write(table, row("a", { type: "delete-row" }));
    await table.checkAndMutateRow({
      key,
      predicate: { family: "f", qualifier: "q" },
      onNoMatch: [set("f:q@3", "y")],
    });
    await using again = await reopen(store);
    const reopened = again.table("rows");
    assertEqual(
      showRows(await collect(reopened.readRows({}))),
      ["b g:q@2=2", "key f:q@3=y"],
      "rows",
    );
    const families = await reopened.families();
    assertEqual([...families.keys()].sort(), ["f", "g", "h"], "families");
    assertEqual(families.get("g")?.maxVersions, 1, "the rule of g");
  });
}
