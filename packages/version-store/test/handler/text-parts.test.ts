import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeTexts, encodeTexts, textBytes } from "../../src/handler/text-parts.ts";
import { text } from "./arbitrary-values.ts";

describe("texts as parts", () => {
  test("are lengths and UTF-8", () => {
    const texts = ["skipped", "a", "", "\ufeffé", "skipped"];
    expect(encodeTexts("name", texts, { from: 1, to: 4 })).toEqual([
      { bytes: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0), elementBytes: 4 },
      { bytes: Uint8Array.of(0x61, 0xef, 0xbb, 0xbf, 0xc3, 0xa9), elementBytes: 1 },
    ]);
  });

  test("take as many bytes as they say", () => {
    const edges = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x1_0000, 0x10_ffff];
    const anyText = fc.oneof(
      text,
      fc.constantFrom(...edges.map((code) => String.fromCodePoint(code))),
    );
    fc.assert(
      fc.property(anyText, (value) => {
        expect(textBytes(value)).toBe(4 + new TextEncoder().encode(value).length);
      }),
      { numRuns: 1000 },
    );
  });

  test("are found row by row", () => {
    const texts = ["a", "", "ccc", "dé"];
    const rows = { from: 0, to: 4 };
    const [lengths, bytes] = encodeTexts("name", texts, rows);
    const read: string[] = ["before"];
    if (lengths && bytes) {
      decodeTexts(
        lengths,
        bytes,
        4,
        [
          { from: 2, to: 4 },
          { from: 3, to: 3 },
          { from: 1, to: 3 },
        ],
        read,
      );
    }
    expect(read).toEqual(["before", "ccc", "dé", "", "ccc"]);
  });
});
