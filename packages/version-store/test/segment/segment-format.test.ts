import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VETTED_CHAINS } from "../../src/preset/preset.ts";
import { contentId } from "../../src/segment/content-id.ts";
import type { GoldenSegment } from "../golden/segments.ts";
import { filterNaively, readSegmentNaively } from "./helpers/naive-segment-reader.ts";
import { anyPart, CHAINS, ELEMENT_SIZES, partOf } from "./helpers/part-samples.ts";
import { segmentCodec } from "./helpers/segment-codecs.ts";

const codec = segmentCodec([]);

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

test.each(CHAINS.map((chain) => ({ chain })))(
  "a reader written from the document reads chain $chain",
  ({ chain }) => {
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 5 }), (parts) => {
        const { header, parts: stored } = readSegmentNaively(
          segmentCodec(chain).encode(parts).bytes,
        );
        expect(header.codecs).toEqual(chain);
        expect(header.element_bytes).toEqual(parts.map(({ elementBytes }) => elementBytes));
        expect(header.raw_lengths).toEqual(parts.map(({ bytes }) => bytes.length));
        for (const [index, part] of parts.entries()) {
          const { isEncoded = false, bytes = [] } = stored[index] ?? {};
          expect(bytes).toEqual(isEncoded ? filterNaively(chain, part) : [...part.bytes]);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test("the document's worked example is real", () => {
  const file = new URL("../../../../docs/formats/segment-v1.md", import.meta.url);
  const page = readFileSync(file, "utf8");
  const [, example = ""] = /```hex\n(.*?)```/s.exec(page) ?? [];
  const segment = fromHex(example.replace(/\s/g, ""));
  const times = Uint32Array.from({ length: 16 }, (_, index) => 1000 + index);
  const parts = [partOf(4, new Uint8Array(times.buffer)), partOf(1, [1, 0, 1])];
  expect(codec.decode(segment, segment.subarray(-16))).toEqual(parts);
  const { header, parts: stored } = readSegmentNaively(segment);
  expect(page).toContain(JSON.stringify(header).replaceAll(/[:,]/g, "$& "));
  expect(stored[0]?.bytes).toEqual([
    0xe8,
    ...Array.from({ length: 15 }, () => 1),
    3,
    ...Array.from({ length: 47 }, () => 0),
  ]);
  expect(page).toContain(`\`${toHex(contentId(parts))}\``);
});

function hasEncodedParts(segment: string): boolean {
  return readSegmentNaively(fromHex(segment)).parts.some(({ isEncoded }) => isEncoded);
}

describe("golden segments", () => {
  const file = new URL("../golden/segment-v1.json", import.meta.url);
  const golden = JSON.parse(readFileSync(file, "utf8")) as readonly GoldenSegment[];
  const cases = golden.map((segment, index) => ({ ...segment, index }));

  test.each(cases)("$index of chain $chain is read as what it means", (frozen) => {
    const parts = frozen.parts.map(({ elementBytes, bytes }) =>
      partOf(elementBytes, fromHex(bytes)),
    );
    expect(codec.decode(fromHex(frozen.segment), fromHex(frozen.hash))).toEqual(parts);
    expect(toHex(contentId(parts))).toBe(frozen.contentId);
  });

  // What a compressor makes of a part is its own choice; only reading that is frozen.
  test.each(cases.filter(({ segment }) => !hasEncodedParts(segment)))(
    "$index of chain $chain is written again, byte for byte",
    (frozen) => {
      const parts = frozen.parts.map(({ elementBytes, bytes }) =>
        partOf(elementBytes, fromHex(bytes)),
      );
      const { bytes, hash } = segmentCodec(frozen.chain).encode(parts);
      expect(toHex(bytes)).toBe(frozen.segment);
      expect(toHex(hash)).toBe(frozen.hash);
    },
  );

  const smooth = cases.filter(({ parts }) => parts.length === 4);

  test("are there for every vetted chain", () => {
    expect(smooth.map(({ chain }) => chain)).toEqual(VETTED_CHAINS);
  });

  test.each(smooth.filter(({ chain }) => chain.length > 1))(
    "of chain $chain have encoded parts of every element size",
    ({ segment }) => {
      const { header, parts } = readSegmentNaively(fromHex(segment));
      expect(new Set(header.element_bytes)).toEqual(new Set(ELEMENT_SIZES));
      expect(parts.every(({ isEncoded }) => isEncoded)).toBe(true);
    },
  );
});
