import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DocumentValue } from "@foretile/codecs/msgpack";
import { createCodecRegistry } from "../../src/segment/codec/codec-registry.ts";
import type { Compressor } from "../../src/segment/codec/codec.ts";
import { lz4Compressor } from "../../src/segment/codec/lz4-compressor.ts";
import { createSegmentCodec } from "../../src/segment/create-segment-codec.ts";
import { headerOf, hostileSegment, resealed } from "./helpers/hostile-segment.ts";
import { anyPart, CHAINS, partOf, rampPart } from "./helpers/part-samples.ts";
import { checksum, segmentCodec } from "./helpers/segment-codecs.ts";
import { versionStoreErrorOf } from "./helpers/version-store-error-of.ts";

const codec = segmentCodec([]);
const parts = [rampPart(8, 40), partOf(1, []), rampPart(4, 41), partOf(2, [1, 2, 3, 4])];

describe.each(CHAINS.map((chain) => ({ chain })))("chain $chain", ({ chain }) => {
  const { bytes, hash } = segmentCodec(chain).encode(parts);

  test("every flipped bit is found, by decoding and by verifying", () => {
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // A version that became a higher one cannot be told from a newer segment.
      const code = bit >= 32 && bit < 48 && bit !== 32 ? "format-too-new" : "data-integrity";
      expect(versionStoreErrorOf(() => codec.decode(flipped, hash))?.code, `bit ${bit}`).toBe(code);
      expect(versionStoreErrorOf(() => codec.verify(flipped, hash))?.code, `bit ${bit}`).toBe(code);
    }
  });

  test("every cut and every added byte is found", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      expect(versionStoreErrorOf(() => codec.decode(cut, hash))?.code).toBe("data-integrity");
      expect(versionStoreErrorOf(() => codec.verify(cut, hash))?.code).toBe("data-integrity");
    }
    const longer = Uint8Array.of(...bytes, 0);
    expect(versionStoreErrorOf(() => codec.decode(longer, hash))?.code).toBe("data-integrity");
  });

  test("bytes that were changed and hashed again decode to something or fail typed", () => {
    const bounded = segmentCodec(chain, 2000);
    const edits = fc.array(fc.record({ place: fc.nat(bytes.length - 17), byte: fc.nat(255) }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const changed = bytes.slice();
        for (const { place, byte } of changes) changed[place] = byte;
        const hostile = resealed(changed);
        const error = versionStoreErrorOf(() => {
          const decoded = bounded.decode(hostile.bytes, hostile.hash);
          const raw = decoded.reduce((total, part) => total + part.bytes.length, 0);
          expect(raw).toBeLessThanOrEqual(2000);
        });
        expect(error?.message ?? "decoded").not.toBe("");
      }),
      { numRuns: 1500 },
    );
  });
});

test("any change of any segment is found", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHAINS),
      fc.array(anyPart, { maxLength: 4 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (chain, some, place, change) => {
        const { bytes, hash } = segmentCodec(chain).encode(some);
        const changed = bytes.slice();
        changed[place % bytes.length] = (changed[place % bytes.length] ?? 0) ^ change;
        expect(versionStoreErrorOf(() => codec.decode(changed, hash))).toBeDefined();
      },
    ),
    { numRuns: 1000 },
  );
});

test("garbage fails typed", () => {
  const magic = new TextEncoder().encode("FTSG\u0001\u0000");
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      fc.boolean(),
      (garbage, startsWell, isHashed) => {
        const bytes = startsWell ? Uint8Array.of(...magic, ...garbage) : garbage;
        const hostile =
          isHashed && bytes.length >= 16 ? resealed(bytes) : { bytes, hash: bytes.subarray(-16) };
        expect(versionStoreErrorOf(() => codec.decode(hostile.bytes, hostile.hash))).toBeDefined();
      },
    ),
    { numRuns: 3000 },
  );
});

test("a sound segment in another one's place is found", () => {
  const mine = codec.encode(parts);
  const other = codec.encode([rampPart(8, 41)]);
  expect(() => codec.decode(mine.bytes, mine.hash)).not.toThrow();
  for (const hash of [other.hash, new Uint8Array(), mine.hash.subarray(1)]) {
    expect(versionStoreErrorOf(() => codec.decode(mine.bytes, hash))?.message).toContain("sound");
    expect(versionStoreErrorOf(() => codec.verify(mine.bytes, hash))?.message).toContain("sound");
  }
});

describe("versions", () => {
  test.each([
    [0, "data-integrity"],
    [2, "format-too-new"],
    [0x0100, "format-too-new"],
    [0xffff, "format-too-new"],
  ])("%i is %s, whatever follows", (version, code) => {
    const { bytes, hash } = codec.encode(parts);
    new DataView(bytes.buffer).setUint16(4, version, true);
    expect(versionStoreErrorOf(() => codec.decode(bytes, hash))).toMatchObject({ code });
    const hostile = resealed(bytes);
    const run = (): void => codec.verify(hostile.bytes, hostile.hash);
    expect(versionStoreErrorOf(run)).toMatchObject({ code });
  });
});

test.each([0, 1, 2, 3])("another letter %i of the magic is found, whatever the hash", (place) => {
  const { bytes } = codec.encode(parts);
  bytes[place] = 0x61;
  const hostile = resealed(bytes);
  const error = versionStoreErrorOf(() => codec.decode(hostile.bytes, hostile.hash));
  expect(error).toMatchObject({ code: "data-integrity", message: "bytes are no segment" });
});

/** One part, of 16 bytes as they are, with these fields. */
function onePart(fields: Readonly<Record<string, DocumentValue>>): DocumentValue {
  return headerOf({ element_bytes: [4], raw_lengths: [16], stored_lengths: [16], ...fields });
}

describe("headers with a fitting hash", () => {
  const body = new Uint8Array(16);

  test("are read when nothing is wrong", () => {
    const { bytes, hash } = hostileSegment({ header: onePart({}), body });
    expect(codec.decode(bytes, hash)).toEqual([{ bytes: body, elementBytes: 4 }]);
    const none = hostileSegment({});
    expect(codec.decode(none.bytes, none.hash)).toEqual([]);
  });

  test.each<[string, DocumentValue]>([
    ["elements of no size", onePart({ element_bytes: [0] })],
    [
      "elements of 3 bytes",
      onePart({ element_bytes: [3], raw_lengths: [15], stored_lengths: [15] }),
    ],
    ["elements of 16 bytes", onePart({ element_bytes: [16] })],
    ["elements of -1 byte", onePart({ element_bytes: [-1] })],
    ["a text as size", onePart({ element_bytes: ["4"] })],
    ["half an element", onePart({ raw_lengths: [14], stored_lengths: [14] })],
    ["more stored than there is", onePart({ raw_lengths: [12] })],
    ["a negative length", onePart({ raw_lengths: [-4], stored_lengths: [-4] })],
    ["a fractional length", onePart({ raw_lengths: [16.5] })],
    ["a length beyond the segment", onePart({ raw_lengths: [32], stored_lengths: [32] })],
    ["a length before its end", onePart({ raw_lengths: [0], stored_lengths: [0] })],
    ["lengths for another part", onePart({ raw_lengths: [16, 0] })],
    ["fewer stored lengths", onePart({ stored_lengths: [] })],
    ["2^53 - 1 bytes", onePart({ element_bytes: [1], raw_lengths: [2 ** 53 - 1] })],
    [
      "two parts of 2^53 - 1 bytes",
      headerOf({
        element_bytes: [1, 1],
        raw_lengths: [2 ** 53 - 1, 2 ** 53 - 1],
        stored_lengths: [2 ** 53 - 1, 2 ** 53 - 1],
      }),
    ],
    ["a chain that is no list", onePart({ codecs: "lz4" })],
    ["a chain of numbers", onePart({ codecs: [1] })],
    ["no chain", { element_bytes: [4], raw_lengths: [16], stored_lengths: [16] }],
    ["a list", []],
    ["nothing", null],
  ])("of %s are damage", (_name, header) => {
    const { bytes, hash } = hostileSegment({ header, body });
    expect(versionStoreErrorOf(() => codec.decode(bytes, hash))?.code).toBe("data-integrity");
  });

  test.each<[string, readonly string[]]>([
    ["an unknown codec", ["brotli"]],
    ["two compressors", ["lz4", "zstd"]],
    ["a filter after the compressor", ["lz4", "shuffle"]],
  ])("of %s are not supported", (_name, codecs) => {
    const { bytes, hash } = hostileSegment({ header: onePart({ codecs }), body });
    expect(versionStoreErrorOf(() => codec.decode(bytes, hash))?.code).toBe(
      "unsupported-capability",
    );
  });

  test("of an encoded part and no chain are damage", () => {
    const { bytes, hash } = hostileSegment({ header: onePart({ raw_lengths: [20] }), body });
    const error = versionStoreErrorOf(() => codec.decode(bytes, hash));
    expect(error?.message).toContain("chain is empty");
  });

  test("of an encoded part that takes more bytes than it holds are damage", () => {
    const block = lz4Compressor.compress(Uint8Array.of(1, 2, 3, 4));
    const header = onePart({
      codecs: ["lz4"],
      raw_lengths: [4],
      stored_lengths: [block.length],
    });
    const { bytes, hash } = hostileSegment({
      header,
      body: Uint8Array.of(...block, ...body).subarray(0, 16),
    });
    const error = versionStoreErrorOf(() => codec.decode(bytes, hash));
    expect(error?.message).toContain("impossible lengths");
  });

  test("of too many parts are damage", () => {
    const zeros = Array.from({ length: 4097 }, () => 0);
    const header = headerOf({
      element_bytes: zeros.map(() => 1),
      raw_lengths: zeros,
      stored_lengths: zeros,
    });
    const { bytes, hash } = hostileSegment({ header });
    expect(versionStoreErrorOf(() => codec.decode(bytes, hash))?.message).toContain("too many");
  });

  test("that end elsewhere than they say are damage", () => {
    for (const headerLength of [0, 1, 40, 0xffff]) {
      const { bytes, hash } = hostileSegment({ header: onePart({}), body, headerLength });
      expect(versionStoreErrorOf(() => codec.decode(bytes, hash))?.code).toBe("data-integrity");
    }
    const headerBytes = new Uint8Array([0x81, 0xa1, 0x61, 0x18, 0xc1]);
    const { bytes, hash } = hostileSegment({ headerBytes });
    expect(versionStoreErrorOf(() => codec.decode(bytes, hash))?.code).toBe("data-integrity");
  });

  test("never make a compressor be asked for more than the limit", () => {
    const asked: number[] = [];
    const greedy: Compressor = {
      kind: "compressor",
      name: "greedy",
      compress: (bytes) => bytes,
      decompress: (_bytes, exactLength) => {
        asked.push(exactLength);
        return new Uint8Array(exactLength);
      },
    };
    const codecs = createCodecRegistry([greedy]);
    const bounded = createSegmentCodec({ checksum, codecs, chain: [], maxRawBytes: 1000 });
    for (const rawLengths of [[1000], [1001], [500, 501], [2 ** 40], [1000, 2 ** 40]]) {
      const header = headerOf({
        codecs: ["greedy"],
        element_bytes: rawLengths.map(() => 1),
        raw_lengths: rawLengths,
        stored_lengths: rawLengths.map(() => 0),
      });
      const { bytes, hash } = hostileSegment({ header });
      versionStoreErrorOf(() => bounded.decode(bytes, hash));
    }
    expect(asked).toEqual([1000]);
  });
});
