import type { BlobStore, Key } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createCallCounter, withObserver } from "@foretile/storage/layers";
import { createInstantClock, readIntoByGet } from "@foretile/testkit";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { segmentOwnerKey, type SegmentEntry } from "../../src/manifest/manifest.ts";
import { MAX_READ_BYTES } from "../../src/placement/plan-reads.ts";
import { readSegments } from "../../src/placement/read-segments.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";

const transactionId = "0".repeat(26);
const hash = new Uint8Array(16);

function loose(ordinal: number, length: number): SegmentEntry {
  return { transactionId, ordinal, length, hash, facts: null };
}

function packed(ordinal: number, offset: number, length: number): SegmentEntry {
  return { ...loose(ordinal, length), location: { kind: "pack", offset } };
}

function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed * 31) % 251);
}

/** A context over a store that has `readInto`, and how often each way was asked. */
async function openAtHand() {
  const store = openMemoryStore();
  const counter = createCallCounter();
  const observed = withObserver(store, {
    clock: createInstantClock({ startMs: START_MS }),
    observe: counter.observe,
  });
  let calls = 0;
  const readInto = readIntoByGet<Key, object>(store.blobs);
  const blobs: BlobStore = {
    ...observed.blobs,
    readInto: (...call) => {
      calls += 1;
      return readInto(...call);
    },
  };
  const context = await openTestContext({ store: { blobs, refs: store.refs } });
  const gets = (): number => counter.totals().get("blobs.get")?.calls ?? 0;
  return { context, counts: () => ({ readInto: calls, get: gets() }) };
}

async function put({ blobs }: LibraryContext, entry: SegmentEntry, length = entry.length) {
  await blobs.putNew(segmentOwnerKey(entry), pattern(length, entry.ordinal));
}

/** What a reading gives, in words, looked at before the next result is asked for. */
async function resultsOf(
  context: LibraryContext,
  groups: readonly (readonly SegmentEntry[])[],
  reuseMemory: boolean,
): Promise<readonly string[]> {
  const results: string[] = [];
  for await (const { segments, error, entry } of readSegments(context, groups, { reuseMemory })) {
    results.push(
      error === undefined
        ? segments.map((bytes) => Buffer.from(bytes).toString("hex")).join(" ")
        : `${error.code} ${error.message} ${groups.flat().indexOf(entry)}`,
    );
  }
  return results;
}

describe("segments at hand", () => {
  test("are what segments fetched one by one are, whatever is missing, cut or too long", async () => {
    const segment = fc.record({
      ordinal: fc.nat(3),
      offset: fc.nat(40),
      length: fc.integer({ min: 1, max: 30 }),
      isLoose: fc.boolean(),
    });
    const groups = fc.array(fc.array(segment, { maxLength: 4 }), { maxLength: 6 });
    const lengths = fc.array(fc.integer({ min: -1, max: 60 }), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(groups, lengths, async (drawn, stored) => {
        const { context, counts } = await openAtHand();
        for (const [index, length] of stored.entries()) {
          const entry = index < 4 ? loose(index, 1) : packed(index - 4, 0, 1);
          if (length >= 0) await put(context, entry, length);
        }
        const wanted = drawn.map((group) =>
          group.map(({ isLoose, ordinal, offset, length }) =>
            isLoose ? loose(ordinal, length) : packed(ordinal, offset, length),
          ),
        );
        const plain = await resultsOf(context, wanted, false);
        const { get } = counts();
        expect(await resultsOf(context, wanted, true)).toEqual(plain);
        expect(plain).toHaveLength(wanted.length);
        expect(counts().get).toBe(get);
      }),
      { numRuns: 60 },
    );
  });

  test("come several groups at a time, into memory that is used again", async () => {
    const { context, counts } = await openAtHand();
    const entries = Array.from({ length: 9 }, (_, ordinal) => loose(ordinal, 100_001));
    for (const entry of entries) await put(context, entry);
    const buffers = new Set<ArrayBufferLike>();
    const groups = entries.map((entry) => [entry]);
    for await (const { segments = [] } of readSegments(context, groups, { reuseMemory: true })) {
      for (const bytes of segments) {
        buffers.add(bytes.buffer);
        expect(bytes.byteOffset % 8).toBe(0);
      }
    }
    expect(counts()).toEqual({ readInto: 2, get: 0 });
    expect(buffers.size).toBe(1);
  });

  test("come into memory that is lent, once and as much as the largest step takes", async () => {
    const { context } = await openAtHand();
    const entries = Array.from({ length: 9 }, (_, ordinal) => loose(ordinal, 100_001));
    for (const entry of entries) await put(context, entry);
    const asked: number[] = [];
    const memory = new Uint8Array(600_000).fill(0xa5);
    const reuseMemory = (byteLength: number): Uint8Array => {
      asked.push(byteLength);
      return memory.subarray(3);
    };
    const groups = entries.map((entry) => [entry]);
    let ordinal = 0;
    for await (const { segments = [] } of readSegments(context, groups, { reuseMemory })) {
      expect(segments.map((bytes) => bytes.buffer)).toEqual([memory.buffer]);
      expect(segments).toEqual([pattern(100_001, ordinal)]);
      ordinal += 1;
    }
    expect(ordinal).toBe(9);
    expect(asked).toEqual([5 * 100_008]);
    expect(memory.subarray(0, 3)).toEqual(new Uint8Array(3).fill(0xa5));
    expect(memory.subarray(3 + 500_040).every((byte) => byte === 0xa5)).toBe(true);
    for await (const _ of readSegments(context, [], { reuseMemory }));
    expect(asked).toHaveLength(1);
  });

  test("have memory of their own where nobody allowed anything else", async () => {
    const { context, counts } = await openAtHand();
    for (const ordinal of [0, 1]) await put(context, loose(ordinal, 50));
    const kept: Uint8Array[] = [];
    for await (const { segments = [] } of readSegments(context, [[loose(0, 50)], [loose(1, 50)]])) {
      kept.push(...segments);
    }
    expect(kept).toEqual([pattern(50, 0), pattern(50, 1)]);
    expect(counts()).toEqual({ readInto: 0, get: 2 });
  });

  test("are fetched one by one where a group is larger than any step", async () => {
    const { context, counts } = await openAtHand();
    const small = loose(0, 50);
    await put(context, small);
    const results = await resultsOf(context, [[small], [loose(1, MAX_READ_BYTES), small]], true);
    expect(results[0]).toBe(Buffer.from(pattern(50, 0)).toString("hex"));
    expect(results[1]).toMatch(/^data-integrity segment is missing/);
    expect(counts()).toEqual({ readInto: 1, get: 2 });
  });
});
