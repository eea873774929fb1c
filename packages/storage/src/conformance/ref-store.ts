import { inKeyRange, toKey } from "../key.ts";
import type { RefStore, RefToken } from "../ref-store.ts";
import { assert, assertBytes, assertEqual } from "./assertions.ts";
import { trickyRanges } from "./blob-listing.ts";
import { collect, collectKeys } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { bytesOf, forAll, numberedKeys, patternBytes, textOf, trickyKeys } from "./sample-data.ts";

const key = toKey("ref");
const other = toKey("ref/other");

/** Creates or replaces, which must succeed. */
async function swap(
  refs: RefStore,
  name: typeof key,
  expected: RefToken | undefined,
  text: string,
): Promise<RefToken> {
  const result = await refs.compareAndSet(name, expected, bytesOf(text));
  assert(result.swapped, `compareAndSet of ${name} to ${text} swaps`);
  assert(result.token !== undefined, "a written record has a token");
  return result.token;
}

export function refStoreCases(add: AddCase): void {
  add("a record that was never written reads as undefined", async ({ refs }) => {
    await swap(refs, other, undefined, "x");
    assertEqual(await refs.read(key), undefined, "read");
  });

  add("a record is created, replaced and deleted", async ({ refs }) => {
    const first = await swap(refs, key, undefined, "one");
    let ref = await refs.read(key);
    assertEqual([textOf(ref?.value), ref?.token], ["one", first], "after create");

    const second = await swap(refs, key, first, "two");
    ref = await refs.read(key);
    assertEqual([textOf(ref?.value), ref?.token], ["two", second], "after replace");

    const deleted = await refs.compareAndSet(key, second, undefined);
    assertEqual(
      [deleted.swapped, "token" in deleted && deleted.token],
      [true, undefined],
      "delete",
    );
    assertEqual(await refs.read(key), undefined, "after delete");
  });

  add("an empty value is a value", async ({ refs }) => {
    const token = await swap(refs, key, undefined, "");
    assertBytes((await refs.read(key))?.value, new Uint8Array(0), "read");
    assertEqual(
      await refs.compareAndSet(key, undefined, bytesOf("x")),
      { swapped: false },
      "create",
    );
    await swap(refs, key, token, "x");
  });

  add("a create fails when the record exists and changes nothing", async ({ refs }) => {
    const token = await swap(refs, key, undefined, "one");
    for (const text of ["two", "one"]) {
      const result = await refs.compareAndSet(key, undefined, bytesOf(text));
      assertEqual(result, { swapped: false }, "create over a record");
    }
    const ref = await refs.read(key);
    assertEqual([textOf(ref?.value), ref?.token], ["one", token], "read");
  });

  add("a replace or delete fails when the record does not exist", async ({ refs }) => {
    const token = await swap(refs, other, undefined, "x");
    const gone = await swap(refs, key, undefined, "one");
    assert((await refs.compareAndSet(key, gone, undefined)).swapped, "delete swaps");
    for (const stale of [gone, token]) {
      const replaced = await refs.compareAndSet(key, stale, bytesOf("two"));
      assertEqual(replaced, { swapped: false }, "replace of a missing record");
      const deleted = await refs.compareAndSet(key, stale, undefined);
      assertEqual(deleted, { swapped: false }, "delete of a missing record");
    }
    assertEqual(await refs.read(key), undefined, "read");
  });

  add("an old token fits nothing, for replace and for delete", async ({ refs }) => {
    const first = await swap(refs, key, undefined, "one");
    const second = await swap(refs, key, first, "two");
    assert(first !== second, "every state has its own token");
    assertEqual(await refs.compareAndSet(key, first, bytesOf("3")), { swapped: false }, "replace");
    assertEqual(await refs.compareAndSet(key, first, undefined), { swapped: false }, "delete");
    assertEqual(textOf((await refs.read(key))?.value), "two", "read");
  });

  add("a record that returns to an earlier value has another token", async ({ refs }) => {
    const tokens = [await swap(refs, key, undefined, "A")];
    for (const text of ["B", "A", "A", "B", "A"]) {
      tokens.push(await swap(refs, key, tokens.at(-1), text));
    }
    assertEqual(new Set(tokens).size, tokens.length, "distinct tokens");
    assertEqual(await refs.compareAndSet(key, tokens[0], bytesOf("C")), { swapped: false }, "ABA");
    assertEqual(textOf((await refs.read(key))?.value), "A", "read");
  });

  add("a record that was deleted and created again has another token", async ({ refs }) => {
    const first = await swap(refs, key, undefined, "A");
    assert((await refs.compareAndSet(key, first, undefined)).swapped, "delete swaps");
    const second = await swap(refs, key, undefined, "A");
    assert(first !== second, "the new record has a new token");
    assertEqual(await refs.compareAndSet(key, first, bytesOf("B")), { swapped: false }, "replace");
    assertEqual(await refs.compareAndSet(key, first, undefined), { swapped: false }, "delete");
    await swap(refs, key, second, "B");
  });

  add("the token of another record fits nothing", async ({ refs }) => {
    await swap(refs, key, undefined, "A");
    const token = await swap(refs, other, undefined, "A");
    assertEqual(await refs.compareAndSet(key, token, bytesOf("B")), { swapped: false }, "replace");
    assertEqual(await refs.compareAndSet(key, token, undefined), { swapped: false }, "delete");
  });

  add("the token of a swap, of a read and of a listing are the same", async ({ refs }) => {
    const token = await swap(refs, key, undefined, "A");
    const [entry] = await collect(refs.list({}));
    assertEqual([(await refs.read(key))?.token, entry?.token], [token, token], "tokens");
  });

  add("values are not shared with the caller, coming or going", async ({ refs }) => {
    const bytes = patternBytes(2_000, 1);
    const written = bytes.slice();
    assert((await refs.compareAndSet(key, undefined, written)).swapped, "create swaps");
    written.fill(0);
    const one = await refs.read(key);
    const two = await refs.read(key);
    const [entry] = await collect(refs.list({}));
    one?.value.fill(0);
    assertBytes(two?.value, bytes, "another read");
    assertBytes(entry?.value, bytes, "a listed value");
    entry?.value.fill(0);
    assertBytes((await refs.read(key))?.value, bytes, "a read after all that");
  });

  add("records are listed in key order, with values, in ranges", async ({ refs }) => {
    await forAll(trickyKeys.toReversed(), (name) => swap(refs, name, undefined, `<${name}>`));
    for (const range of trickyRanges) {
      const expected = trickyKeys.filter((name) => inKeyRange(name, range));
      const entries = await collect(refs.list(range));
      assertEqual(
        entries.map((entry) => [entry.key, textOf(entry.value)]),
        expected.map((name) => [name, `<${name}>`]),
        `list ${JSON.stringify(range)}`,
      );
    }
  });

  add("batches of every size together hold each record once", async ({ refs }) => {
    const keys = numberedKeys("k", 25);
    await forAll(keys, (name) => swap(refs, name, undefined, name));
    for (const batchSize of [1, 2, 5, 24, 25, 26, 1_000]) {
      const listing = refs.list({}, { batchSize });
      assertEqual(await collectKeys(listing, batchSize), keys, `batchSize ${batchSize}`);
    }
  });

  add("more than a hundred records are listed with the default batches", async ({ refs }) => {
    const keys = numberedKeys("k", 120);
    await forAll(keys, (name) => swap(refs, name, undefined, "x"));
    assertEqual(await collectKeys(refs.list({}), 100), keys, "list");
  });

  add("records and blobs of the same key are two things", async ({ blobs, refs }) => {
    await blobs.putNew(key, bytesOf("blob"));
    assertEqual(await refs.read(key), undefined, "read");
    const token = await swap(refs, key, undefined, "ref");
    assertBytes(await blobs.get(key), bytesOf("blob"), "the blob");
    await blobs.deleteMany([key]);
    assertEqual((await refs.read(key))?.token, token, "the record");
    assertEqual(await collectKeys(blobs.list({})), [], "blobs listed");
  });
}
