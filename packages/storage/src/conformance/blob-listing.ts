import { MAX_KEY_BYTES, inKeyRange, prefixRange, toKey, type KeyRange } from "../key.ts";
import { assert, assertEqual } from "./assertions.ts";
import { collect, collectKeys } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { bytesOf, forAll, numberedKeys, patternBytes, trickyKeys } from "./sample-data.ts";

/** Ranges over {@link trickyKeys} with every kind of end. */
export const trickyRanges: readonly KeyRange[] = [
  {},
  { gte: "a" },
  { lt: "a" },
  { gte: "a", lt: "b" },
  { gte: "a#1", lt: "a#2" },
  { gte: "a#10", lt: "a#10" },
  { gte: "b", lt: "a" },
  { gte: "~~", lt: "~~!" },
  { gte: "~~~" },
  { lt: "!" },
  { gte: "" },
  { lt: "" },
  { gte: "aB", lt: "a|" },
  { gte: " ", lt: "\x7f" },
  { gte: "a".repeat(MAX_KEY_BYTES + 1) },
  { lt: "a".repeat(MAX_KEY_BYTES + 1) },
  prefixRange(""),
  prefixRange("a"),
  prefixRange("a/"),
  prefixRange("~"),
  prefixRange("zz"),
];

export function blobListingCases(add: AddCase): void {
  add("an empty store lists nothing", async ({ blobs }) => {
    assertEqual(await collect(blobs.list({})), [], "list");
  });

  add("entries come in key order with their lengths", async ({ blobs }) => {
    await forAll(trickyKeys.toReversed(), (key) => blobs.putNew(key, bytesOf(key)));
    const expected = trickyKeys.map((key) => ({ key, length: key.length }));
    const actual = (await collect(blobs.list({}))).map(({ key, length }) => ({ key, length }));
    assertEqual(actual, expected, "list");
  });

  add("ranges are half-open, with open, foreign, equal and inverted ends", async ({ blobs }) => {
    await forAll(trickyKeys, (key) => blobs.putNew(key, bytesOf(key)));
    for (const range of trickyRanges) {
      assertEqual(
        await collectKeys(blobs.list(range)),
        trickyKeys.filter((key) => inKeyRange(key, range)),
        `list ${JSON.stringify(range)}`,
      );
    }
  });

  add("the longest keys are listed and bounded like any other", async ({ blobs }) => {
    const longest = toKey("m".repeat(MAX_KEY_BYTES));
    await blobs.putNew(longest, bytesOf("x"));
    assertEqual(await collectKeys(blobs.list(prefixRange(longest))), [longest], "its own prefix");
    assertEqual(await collectKeys(blobs.list({ gte: `${longest}!` })), [], "above it");
    assertEqual(await collectKeys(blobs.list({ lt: `${longest}!` })), [longest], "below its end");
  });

  add("batches of every size together hold each entry once", async ({ blobs }) => {
    const keys = numberedKeys("k", 25);
    await forAll(keys, (key) => blobs.putNew(key, bytesOf(key)));
    for (const batchSize of [1, 2, 5, 10, 24, 25, 26, 10_000]) {
      const listing = blobs.list({}, { batchSize });
      assertEqual(await collectKeys(listing, batchSize), keys, `batchSize ${batchSize}`);
    }
  });

  add("more than a thousand blobs are listed and deleted in one go", async ({ blobs }) => {
    const keys = numberedKeys("k", 1_010);
    const kept = toKey("l");
    await blobs.putNew(kept, bytesOf("x"));
    await forAll(keys, (key) => blobs.putNew(key, patternBytes(3, 1)));
    assertEqual(await collectKeys(blobs.list({ lt: "l" }), 1_000), keys, "list");
    await blobs.deleteMany(keys);
    assertEqual(await collectKeys(blobs.list({})), [kept], "after deleteMany");
  });

  add("what stays untouched is listed once while others come and go", async ({ blobs }) => {
    const keys = numberedKeys("k", 30);
    const touched = ["k0003x", "k0007", "k0012x", "k0019"];
    await forAll(keys, (key) => blobs.putNew(key, bytesOf(key)));
    const listed: string[] = [];
    for await (const batch of blobs.list({}, { batchSize: 5 })) {
      if (listed.length === 0) {
        await blobs.putNew(toKey("k0003x"), bytesOf("new"));
        await blobs.putNew(toKey("k0012x"), bytesOf("new"));
        await blobs.deleteMany([toKey("k0007"), toKey("k0019")]);
      }
      listed.push(...batch.map(({ key }) => key));
    }
    assertEqual(
      listed.filter((key) => !touched.includes(key)),
      keys.filter((key) => !touched.includes(key)),
      "untouched entries",
    );
    assertEqual(listed, [...new Set(listed)].sort(), "order and uniqueness");
  });

  add("a listing may be left early and another started", async ({ blobs }) => {
    const keys = numberedKeys("k", 10);
    await forAll(keys, (key) => blobs.putNew(key, bytesOf(key)));
    for await (const batch of blobs.list({}, { batchSize: 3 })) {
      assert(batch.length === 3, "the first batch is full");
      break;
    }
    assertEqual(await collectKeys(blobs.list({}, { batchSize: 3 }), 3), keys, "a second listing");
  });

  add("listings run at the same time without mixing", async ({ blobs }) => {
    const keys = [...numberedKeys("a", 12), ...numberedKeys("b", 12)];
    await forAll(keys, (key) => blobs.putNew(key, bytesOf(key)));
    const both = await Promise.all([
      collectKeys(blobs.list({ lt: "b" }, { batchSize: 5 })),
      collectKeys(blobs.list({ gte: "b" }, { batchSize: 4 })),
    ]);
    assertEqual(both, [keys.slice(0, 12), keys.slice(12)], "both listings");
  });
}
