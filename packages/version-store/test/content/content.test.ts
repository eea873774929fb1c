import type { DocumentValue } from "@foretile/codecs/msgpack";
import { describe, expect, test } from "vitest";
import { blocksOf } from "../../src/content/block.ts";
import { contentOf, toNewContent } from "../../src/content/content.ts";
import { joinIndexFacts } from "../../src/content/join-index-facts.ts";
import { readSegmentFacts, writeSegmentFacts } from "../../src/content/segment-facts.ts";
import { createHandlers } from "../../src/handler/handlers.ts";
import type { Manifest, SegmentEntry } from "../../src/manifest/manifest.ts";
import type { IndexFacts } from "../../src/value/index-bounds.ts";
import { resolveVersion } from "../../src/version/resolve-version.ts";
import { write } from "../../src/write/write.ts";
import { openTypedContext } from "../open-typed-context.ts";
import { series } from "../series.ts";

const content = new Uint8Array(16);
const damaged = expect.objectContaining({ code: "data-integrity" }) as Error;

function entry(facts: DocumentValue): SegmentEntry {
  return { transactionId: "t", ordinal: 0, length: 1, hash: content, facts };
}

function lane(number: number, rows: number): SegmentEntry {
  return entry(writeSegmentFacts({ lane: number, rows, rawBytes: 8, content, index: undefined }));
}

describe("facts about a segment", () => {
  test.each<{ index: IndexFacts | undefined }>([
    { index: undefined },
    { index: { first: 1, last: 9, min: 1, max: 9, sorted: true } },
    { index: { first: 5, last: 3, min: -2, max: 9n ** 17n, sorted: false } },
    { index: { first: -Infinity, last: Infinity, min: -Infinity, max: Infinity, sorted: true } },
  ])("come back as they were: $index", ({ index }) => {
    const facts = { lane: 3, rows: 7, rawBytes: 56, content, index };
    expect(readSegmentFacts(writeSegmentFacts(facts))).toEqual(facts);
  });

  test.each<{ index: DocumentValue }>([
    { index: { first: 2, last: 1 } },
    { index: { first: 1, last: 2, min: 0, max: 1 } },
    { index: { first: 1, last: 2, min: 3, max: 2 } },
    { index: { first: 0, last: 2, min: 1, max: 2 } },
    { index: { first: 3, last: 2, min: 1, max: 2 } },
    { index: { first: 2, last: 0, min: 1, max: 2 } },
    { index: { first: Number.NaN, last: Number.NaN } },
    { index: { first: "1", last: "2" } },
    { index: { first: 1 } },
    { index: [1, 2] },
  ])("that contradict themselves are refused: $index", ({ index }) => {
    const facts = { lane: 0, rows: 1, raw_bytes: 8, content, index };
    expect(() => readSegmentFacts(facts)).toThrow(damaged);
  });

  test.each<{ change: { [field: string]: DocumentValue } }>([
    { change: { rows: 0 } },
    { change: { lane: -1 } },
    { change: { raw_bytes: 0.5 } },
    { change: { content: new Uint8Array(15) } },
  ])("with a wrong field are refused: $change", ({ change }) => {
    const facts = { lane: 0, rows: 1, raw_bytes: 8, content, index: null, ...change };
    expect(() => readSegmentFacts(facts)).toThrow(damaged);
  });
});

describe("segments make blocks", () => {
  test("by lane 0, with the lanes that they have", () => {
    const blocks = blocksOf([lane(0, 5), lane(1, 5), lane(0, 3), lane(0, 3), lane(2, 3)]);
    expect(blocks.map(({ rows, segments }) => [rows, segments.map((one) => one.lane)])).toEqual([
      [5, [0, 1]],
      [3, [0]],
      [3, [0, 2]],
    ]);
  });

  test.each<{ why: string; entries: SegmentEntry[] }>([
    { why: "start with another lane", entries: [lane(1, 5)] },
    { why: "repeat a lane", entries: [lane(0, 5), lane(1, 5), lane(1, 5)] },
    { why: "have lanes out of order", entries: [lane(0, 5), lane(2, 5), lane(1, 5)] },
    { why: "have other rows", entries: [lane(0, 5), lane(1, 4)] },
    { why: "say nothing", entries: [entry(null)] },
  ])("and are refused when they $why", ({ entries }) => {
    expect(() => blocksOf(entries)).toThrow(damaged);
  });
});

describe("a manifest", () => {
  test("is refused when its segments are not its value's", async () => {
    const { context } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", series(25));
    const { manifest } = await resolveVersion(context, "s");
    expect(contentOf(context.handlers, manifest).blocks).toHaveLength(3);
    const body = manifest.body as { [field: string]: DocumentValue };
    const bad: Manifest[] = [
      { ...manifest, segments: manifest.segments.slice(1) },
      { ...manifest, segments: [...manifest.segments, lane(0, 1)] },
      { ...manifest, segments: [...manifest.segments, lane(1, 5)] },
      { ...manifest, body: { ...body, rows: 24 } },
      { ...manifest, body: { ...body, lanes: [] } },
      { ...manifest, body: { ...body, rows_per_block: 0 } },
      { ...manifest, body: null },
    ];
    for (const one of bad) expect(() => contentOf(context.handlers, one)).toThrow(damaged);
    expect(() => contentOf(context.handlers, { ...manifest, handler: "other" })).toThrow(
      expect.objectContaining({ code: "unsupported-capability" }) as Error,
    );
  });
});

describe("what a value is", () => {
  const handler = createHandlers().named("frame");
  const lanes = [
    { index: false, columns: ["a"] },
    { index: false, columns: ["b"] },
  ];
  const schema = { index: null, columns: ["a", "b"].map((name) => ({ name, type: "int8" })) };
  const identity = (blocks: readonly (readonly number[])[], form = { schema, lanes }): string =>
    toNewContent({
      handler,
      form,
      rowsPerBlock: 100,
      blocks: blocksOf(blocks.flatMap((numbers) => numbers.map((number) => lane(number, 1)))),
    }).identity.join();

  test("tells where lanes are missing, though the segments have the same ids in order", () => {
    expect(identity([[0, 1], [0]])).not.toBe(identity([[0], [0, 1]]));
    expect(identity([[0, 1], [0]])).toBe(identity([[0, 1], [0]]));
  });

  test("depends on what the lanes hold", () => {
    const swapped = { schema, lanes: lanes.toReversed() };
    expect(identity([[0, 1]])).not.toBe(identity([[0, 1]], swapped));
    const typed = { ...schema, columns: ["a", "b"].map((name) => ({ name, type: "uint8" })) };
    expect(identity([[0, 1]])).not.toBe(identity([[0, 1]], { schema: typed, lanes }));
  });
});

function inOrder(first: number, last: number): IndexFacts {
  return { first, last, min: first, max: last, sorted: true };
}

describe("facts about an index", () => {
  test("join in row order", () => {
    expect(joinIndexFacts(inOrder(1, 4), inOrder(4, 6))).toEqual(inOrder(1, 6));
    expect(joinIndexFacts(inOrder(3, 4), inOrder(1, 2))).toEqual({
      first: 3,
      last: 2,
      min: 1,
      max: 4,
      sorted: false,
    });
    expect(joinIndexFacts(inOrder(1, 9), inOrder(9, 9))).toEqual(inOrder(1, 9));
    const unsorted = { ...inOrder(1, 3), sorted: false };
    expect(joinIndexFacts(unsorted, inOrder(5, 6))?.sorted).toBe(false);
    expect(joinIndexFacts(undefined, unsorted)).toBe(unsorted);
    expect(joinIndexFacts(unsorted, undefined)).toBe(unsorted);
    expect(joinIndexFacts(undefined, undefined)).toBeUndefined();
  });
});
