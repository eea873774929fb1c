import { readFile } from "node:fs/promises";
import { loadChecksum, type Checksum } from "@foretile/codecs";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { PackBuilder } from "../../src/placement/pack-builder.ts";
import { readPackIndex, verifyPack } from "../../src/placement/read-pack-index.ts";
import { versionStoreErrorOf } from "../segment/helpers/version-store-error-of.ts";

let checksum: Checksum;
/** The worked example of the format's page. */
let example: Uint8Array;

beforeAll(async () => {
  checksum = await loadChecksum();
  const page = await readFile(
    new URL("../../../../docs/formats/pack-v1.md", import.meta.url),
    "utf8",
  );
  const [, hex = ""] = /```hex\n([^`]*)```/.exec(page) ?? [];
  example = Uint8Array.from(hex.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));
});

function packOf(segments: readonly Uint8Array[]): Uint8Array {
  const builder = new PackBuilder(checksum, 2 ** 20);
  for (const segment of segments) builder.add(segment);
  return builder.seal();
}

const exampleSegments = [Uint8Array.of(1, 2, 3), new Uint8Array(), new Uint8Array(16).fill(255)];

describe("a pack", () => {
  test("is byte for byte the page's worked example", () => {
    expect(Buffer.from(packOf(exampleSegments)).toString("hex")).toBe(
      Buffer.from(example).toString("hex"),
    );
  });

  test("tells its segments by itself", () => {
    const index = readPackIndex(checksum, example);
    expect(index.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 3],
      [16, 0],
      [16, 16],
    ]);
    for (const [position, { offset, length, hash }] of index.entries()) {
      const segment = example.subarray(offset, offset + length);
      expect(segment).toEqual(exampleSegments[position]);
      expect(hash).toEqual(checksum.hash128(segment));
    }
  });

  test("gives back whatever is put in, in order, at multiples of 16", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), (segments) => {
        const pack = packOf(segments);
        const index = readPackIndex(checksum, pack);
        expect(index.map(({ offset, length }) => pack.slice(offset, offset + length))).toEqual(
          segments,
        );
        expect(index.every(({ offset }) => offset % 16 === 0)).toBe(true);
        verifyPack(checksum, pack);
      }),
    );
  });

  test("is never larger than it may be, and takes what it says it has room for", () => {
    const lengths = fc.array(fc.nat(600), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 700, max: 5000 }), (wanted, maxBytes) => {
        const builder = new PackBuilder(checksum, maxBytes);
        let added = 0;
        for (const length of wanted) {
          if (!builder.fits(length)) break;
          builder.add(new Uint8Array(length).fill(7));
          added += 1;
        }
        const pack = builder.seal();
        expect(pack.length).toBeLessThanOrEqual(maxBytes);
        expect(readPackIndex(checksum, pack)).toHaveLength(added);
        expect(added).toBeGreaterThan(0);
      }),
    );
  });

  test("with any bit turned over is damaged", () => {
    // Only padding is nobody's: what nothing names cannot be wrong.
    const padding = new Set(Array.from({ length: 13 }, (_, index) => 3 + index));
    for (let at = 0; at < example.length; at += 1) {
      if (padding.has(at)) continue;
      for (let bit = 0; bit < 8; bit += 1) {
        const harmed = example.slice();
        harmed[at] = (harmed[at] ?? 0) ^ (1 << bit);
        const error = versionStoreErrorOf(() => verifyPack(checksum, harmed));
        expect(["data-integrity", "format-too-new"]).toContain(error?.code);
      }
    }
  });

  test("that is cut off anywhere is damaged", () => {
    for (let length = 0; length < example.length; length += 1) {
      const error = versionStoreErrorOf(() => verifyPack(checksum, example.subarray(0, length)));
      expect(error).toMatchObject({ code: "data-integrity" });
    }
  });

  test("of a newer version says to upgrade", () => {
    const newer = example.slice();
    newer[newer.length - 32 + 4] = 2;
    const error = versionStoreErrorOf(() => readPackIndex(checksum, newer));
    expect(error).toMatchObject({ code: "format-too-new", details: { found: 2, reads: 1 } });
  });
});
