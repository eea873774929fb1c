import type { ByteRange } from "../blob-store.ts";
import { MAX_KEY_BYTES, toKey } from "../key.ts";
import { assert, assertBytes, assertEqual, assertRejects } from "./assertions.ts";
import type { AddCase } from "./conformance-case.ts";
import { bytesOf, forAll, patternBytes, trickyKeys } from "./sample-data.ts";

const key = toKey("blob");
const other = toKey("blob/other");

export function blobStoreCases(add: AddCase): void {
  add("a key that was never written reads as undefined", async ({ blobs }) => {
    await blobs.putNew(other, bytesOf("x"));
    assertEqual(await blobs.get(key), undefined, "get");
    assertEqual(await blobs.get(key, { range: { offset: 0, length: 1 } }), undefined, "a range");
  });

  add("a blob is read back as it was written", async ({ blobs }) => {
    const bytes = patternBytes(10_000, 1);
    await blobs.putNew(key, bytes);
    assertBytes(await blobs.get(key), bytes, "get");
  });

  add("an empty blob is there and empty", async ({ blobs }) => {
    await blobs.putNew(key, new Uint8Array(0));
    assertBytes(await blobs.get(key), new Uint8Array(0), "get");
    const range = { offset: 0, length: 1 };
    assertBytes(await blobs.get(key, { range }), new Uint8Array(0), "a range");
  });

  add("a blob of several MiB is read back, whole and in parts", async ({ blobs }) => {
    const bytes = patternBytes(Math.min(5 * 2 ** 20 + 3, blobs.capabilities.maxBlobBytes), 2);
    await blobs.putNew(key, bytes);
    assertBytes(await blobs.get(key), bytes, "get");
    const range = { offset: Math.floor(bytes.byteLength / 2), length: 70_000 };
    assertBytes(
      await blobs.get(key, { range }),
      bytes.subarray(range.offset, range.offset + range.length),
      "a range",
    );
  });

  add("bytes of a view into a larger buffer are stored alone", async ({ blobs }) => {
    const buffer = patternBytes(100, 3);
    await blobs.putNew(key, buffer.subarray(40, 60));
    assertBytes(await blobs.get(key), buffer.slice(40, 60), "get");
  });

  add("a range gives the part that lies inside the blob", async ({ blobs }) => {
    const bytes = patternBytes(100, 4);
    await blobs.putNew(key, bytes);
    const ranges: readonly ByteRange[] = [
      { offset: 0, length: 1 },
      { offset: 0, length: 100 },
      { offset: 37, length: 21 },
      { offset: 99, length: 1 },
      { offset: 90, length: 10 },
      { offset: 90, length: 11 },
      { offset: 0, length: 1_000 },
      { offset: 50, length: Number.MAX_SAFE_INTEGER },
      { offset: 10, length: 0 },
      { offset: 100, length: 1 },
      { offset: 101, length: 1 },
      { offset: Number.MAX_SAFE_INTEGER, length: 1 },
    ];
    for (const range of ranges) {
      assertBytes(
        await blobs.get(key, { range }),
        bytes.slice(range.offset, range.offset + range.length),
        `range ${JSON.stringify(range)}`,
      );
    }
  });

  add("changing the input after the call changes nothing in the store", async ({ blobs }) => {
    const bytes = patternBytes(5_000, 5);
    const written = bytes.slice();
    await blobs.putNew(key, written);
    written.fill(0);
    assertBytes(await blobs.get(key), bytes, "get");
  });

  add("changing a result changes neither the store nor another result", async ({ blobs }) => {
    const bytes = patternBytes(5_000, 6);
    const range = { offset: 10, length: 4_000 };
    await blobs.putNew(key, bytes);
    const results = await Promise.all([
      blobs.get(key),
      blobs.get(key),
      blobs.get(key, { range }),
      blobs.get(key, { range }),
    ]);
    results[0]?.fill(0);
    results[2]?.fill(0);
    assertBytes(results[1], bytes, "another whole result");
    assertBytes(results[3], bytes.subarray(10, 4_010), "another result of a range");
    assertBytes(await blobs.get(key), bytes, "get");
    assertBytes(await blobs.get(key, { range }), bytes.subarray(10, 4_010), "a range");
  });

  add("a result stays as it is while other calls run", async ({ blobs }) => {
    const first = patternBytes(3_000, 7);
    await blobs.putNew(key, first);
    await blobs.putNew(other, patternBytes(3_000, 8));
    const result = await blobs.get(key);
    await blobs.get(other);
    await blobs.deleteMany([key, other]);
    assertBytes(result, first, "the earlier result");
  });

  add("repeating a put with equal bytes succeeds", async ({ blobs }) => {
    const bytes = patternBytes(1_000, 9);
    await blobs.putNew(key, bytes);
    await blobs.putNew(key, bytes.slice());
    await Promise.all(Array.from({ length: 8 }, () => blobs.putNew(key, bytes)));
    assertBytes(await blobs.get(key), bytes, "get");
  });

  add("a put that meets other bytes is a conflict, where the store can tell", async ({ blobs }) => {
    if (!blobs.capabilities.detectsConflicts) return;
    const bytes = patternBytes(100, 10);
    const changed = bytes.slice();
    changed[99] = (changed[99] ?? 0) ^ 1;
    await blobs.putNew(key, bytes);
    for (const wrong of [changed, bytes.subarray(0, 99), patternBytes(101, 10), new Uint8Array()]) {
      await assertRejects("putNew of other bytes", () => blobs.putNew(key, wrong), "conflict");
    }
    assertBytes(await blobs.get(key), bytes, "the first bytes stay");
  });

  add("of parallel puts of other bytes one wins, where the store can tell", async ({ blobs }) => {
    if (!blobs.capabilities.detectsConflicts) return;
    const candidates = Array.from({ length: 16 }, (_, index) => patternBytes(50, index));
    const outcomes = await Promise.allSettled(candidates.map((bytes) => blobs.putNew(key, bytes)));
    const winners = candidates.filter((_, index) => outcomes[index]?.status === "fulfilled");
    assertEqual(winners.length, 1, "number of winners");
    assertBytes(await blobs.get(key), winners[0] ?? new Uint8Array(), "the winner's bytes");
  });

  add("every allowed character and length of a key works", async ({ blobs }) => {
    const keys = [
      ...Array.from({ length: 0x7e - 0x21 + 1 }, (_, index) => String.fromCharCode(0x21 + index)),
      "k".repeat(MAX_KEY_BYTES),
      `${"k".repeat(MAX_KEY_BYTES - 1)}~`,
    ].map((text) => toKey(text));
    await forAll(keys, (name) => blobs.putNew(name, bytesOf(`value of ${name}`)));
    for (const name of keys) {
      assertBytes(await blobs.get(name), bytesOf(`value of ${name}`), `get ${name}`);
    }
  });

  add("deleting removes the named blobs and no other", async ({ blobs }) => {
    await forAll(trickyKeys, (name) => blobs.putNew(name, bytesOf(name)));
    const gone = trickyKeys.filter((_, index) => index % 2 === 0);
    await blobs.deleteMany(gone);
    for (const name of trickyKeys) {
      const there = (await blobs.get(name)) !== undefined;
      assert(there !== gone.includes(name), `${name} is ${there ? "still there" : "gone"}`);
    }
  });

  add("deleting what is not there, twice, or nothing is fine", async ({ blobs }) => {
    await blobs.putNew(key, bytesOf("x"));
    await blobs.deleteMany([]);
    await blobs.deleteMany([other]);
    await blobs.deleteMany([key, other, key]);
    await blobs.deleteMany([key]);
    assertEqual(await blobs.get(key), undefined, "get");
  });
}
