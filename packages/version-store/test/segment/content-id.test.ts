import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { contentId } from "../../src/segment/content-id.ts";
import type { Part } from "../../src/segment/part.ts";
import { anyPart, misaligned, partOf } from "./helpers/part-samples.ts";

function hexOf(parts: readonly Part[]): string {
  return Buffer.from(contentId(parts)).toString("hex");
}

test("is the first half of SHA-256 over the description and the bytes", () => {
  const parts = [
    partOf(4, [1, 2, 3, 4]),
    partOf(
      1,
      Array.from({ length: 200 }, () => 9),
    ),
  ];
  // msgpack: a list of two, [4, 4] and [1, 200].
  const description = [0x92, 0x92, 4, 4, 0x92, 1, 0xcc, 200];
  const hash = createHash("sha256");
  hash.update(Uint8Array.from(description));
  for (const { bytes } of parts) hash.update(bytes);
  expect(hexOf(parts)).toBe(hash.digest("hex").slice(0, 32));
  expect(contentId(parts)).toHaveLength(16);
});

test("is frozen", () => {
  expect(hexOf([])).toBe("9e076ceaf246b6003d9c2680a2b4cf0b");
  expect(
    hexOf([
      partOf(
        8,
        Array.from({ length: 16 }, (_, index) => index),
      ),
    ]),
  ).toBe("b2f7ccf379d288891dc7d017cb20d98d");
});

test("tells apart what differs in sizes, borders or order alone", () => {
  const eight = [1, 2, 3, 4, 5, 6, 7, 8];
  const different = [
    [partOf(8, eight)],
    [partOf(4, eight)],
    [partOf(1, eight)],
    [partOf(4, eight.slice(0, 4)), partOf(4, eight.slice(4))],
    [partOf(4, eight.slice(4)), partOf(4, eight.slice(0, 4))],
    [partOf(8, eight), partOf(8, [])],
    [partOf(8, []), partOf(8, eight)],
    [partOf(8, eight), partOf(4, [])],
    [],
  ];
  expect(new Set(different.map(hexOf)).size).toBe(different.length);
});

test("does not depend on where the bytes are", () => {
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 4 }), (parts) => {
      const moved = parts.map(({ bytes, elementBytes }) => ({
        bytes: misaligned(bytes, 5),
        elementBytes,
      }));
      expect(hexOf(moved)).toBe(hexOf(parts));
    }),
    { numRuns: 50 },
  );
});
