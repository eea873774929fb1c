import { describe, expect, test } from "vitest";
import type { SegmentEntry } from "../../src/manifest/manifest.ts";
import { createHandlers } from "../../src/handler/handlers.ts";
import type { PutSegment } from "../../src/write/store-blocks.ts";
import { RegionWriter } from "../../src/write/region-writer.ts";
import { cutEvenly, cutSpans, type Span } from "../../src/write/spans.ts";
import { openTypedContext } from "../open-typed-context.ts";
import { numbers } from "../series.ts";

const put: PutSegment = async (bytes, hash, facts): Promise<SegmentEntry> => ({
  transactionId: "t",
  ordinal: 0,
  length: bytes.length,
  hash,
  facts,
});

async function storedRows(spans: readonly number[], rowsPerBlock = 10): Promise<number[]> {
  const { context } = await openTypedContext();
  const handler = createHandlers().named("array");
  const value = numbers(Array.from({ length: Math.max(1, ...spans) }, (_, row) => row));
  const { lanes } = handler.layoutOf(value, 1000);
  const writer = new RegionWriter(context, put, { handler, lanes }, rowsPerBlock);
  for (const rows of spans) await writer.add({ value, rows: { from: 0, to: rows } });
  return (await writer.end()).map(({ rows }) => rows);
}

describe("rows that are stored as they come", () => {
  test.each([
    { spans: [], blocks: [] },
    { spans: [3], blocks: [3] },
    { spans: [10], blocks: [10] },
    { spans: [11], blocks: [6, 5] },
    { spans: [4, 3, 4], blocks: [6, 5] },
    { spans: [21], blocks: [10, 6, 5] },
    { spans: [100], blocks: [10, 10, 10, 10, 10, 10, 10, 10, 10, 10] },
    { spans: [9, 9, 9], blocks: [10, 9, 8] },
    { spans: [1, 30, 1], blocks: [10, 10, 6, 6] },
  ])("in spans of $spans make blocks of $blocks", async ({ spans, blocks }) => {
    expect(await storedRows(spans)).toEqual(blocks);
  });

  test("make none that is small where there are enough for more than one", async () => {
    for (let rows = 11; rows < 60; rows += 1) {
      expect(Math.min(...(await storedRows([rows])))).toBeGreaterThanOrEqual(5);
    }
  });
});

function lengths(pieces: readonly (readonly Span[])[]): number[][] {
  return pieces.map((piece) => piece.map(({ rows }) => rows.to - rows.from));
}

describe("rows that are cut", () => {
  const value = null;
  test("run across spans", () => {
    const spans = [
      { value, rows: { from: 2, to: 5 } },
      { value, rows: { from: 0, to: 8 } },
    ];
    expect(lengths(cutSpans(spans, 4))).toEqual([[3, 1], [4], [3]]);
    expect(lengths(cutEvenly(spans, 10))).toEqual([[3, 3], [5]]);
    expect(cutSpans([], 4)).toEqual([]);
    expect(cutEvenly([{ value, rows: { from: 3, to: 3 } }], 4)).toEqual([]);
  });
});
