import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Codec } from "../../src/segment/codec/codec.ts";
import { createCodecRegistry } from "../../src/segment/codec/codec-registry.ts";
import { createSegmentCodec } from "../../src/segment/create-segment-codec.ts";
import type { Part } from "../../src/segment/part.ts";
import { MAX_PARTS, segmentBytesBound } from "../../src/segment/segment-layout.ts";
import { anyPart, CHAINS, misaligned, noise, partOf, rampPart } from "./helpers/part-samples.ts";
import { checksum, registry, segmentCodec } from "./helpers/segment-codecs.ts";
import { versionStoreErrorOf } from "./helpers/version-store-error-of.ts";

const reader = segmentCodec([]);
const ramps = [rampPart(8, 300), rampPart(4, 301), rampPart(2, 302), rampPart(1, 303)];

function rawBytesOf(parts: readonly Part[]): number {
  return parts.reduce((total, { bytes }) => total + bytes.length, 0);
}

describe.each(CHAINS.map((chain) => ({ chain })))("chain $chain", ({ chain }) => {
  const codec = segmentCodec(chain);

  test("parts come back exactly, read by a codec of another chain, within the bound", () => {
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 6 }), fc.nat(15), (parts, byteOffset) => {
        const { bytes, hash } = codec.encode(parts);
        expect(bytes.length % 16).toBe(0);
        expect(bytes.length).toBeLessThanOrEqual(
          segmentBytesBound(rawBytesOf(parts), parts.length),
        );
        expect(bytes.subarray(-16)).toEqual(hash);
        expect(reader.decode(misaligned(bytes, byteOffset), hash)).toEqual(parts);
        reader.verify(bytes, hash);
      }),
      { numRuns: 150 },
    );
  });

  test("parts at odd addresses are encoded as any others", () => {
    const moved = ramps.map(({ bytes, elementBytes }) => ({
      bytes: misaligned(bytes, 3),
      elementBytes,
    }));
    expect(codec.encode(moved)).toEqual(codec.encode(ramps));
  });

  test("results are not changed by later calls", () => {
    const first = codec.encode(ramps);
    const copy = first.bytes.slice();
    const decoded = codec.decode(first.bytes, first.hash);
    const others = ramps.map(({ bytes, elementBytes }) => ({
      bytes: bytes.toReversed(),
      elementBytes,
    }));
    const second = codec.encode(others);
    expect(codec.decode(second.bytes, second.hash)).toEqual(others);
    expect(first.bytes).toEqual(copy);
    expect(decoded).toEqual(ramps);
  });
});

describe("a part", () => {
  const codec = segmentCodec(["shuffle", "lz4"]);

  test("that the chain does not make smaller is stored as it is", () => {
    const parts = [{ bytes: noise(4000), elementBytes: 4 } as const, rampPart(4, 1000)];
    const { bytes, hash } = codec.encode(parts);
    expect(bytes.length).toBeGreaterThan(4000);
    expect(bytes.length).toBeLessThan(6000);
    const [first, second] = codec.decode(bytes, hash);
    expect(first?.bytes.buffer).toBe(bytes.buffer);
    expect(second?.bytes.buffer).not.toBe(bytes.buffer);
  });

  test.each([
    ["3 bytes of elements of 2", partOf(2, [1, 2, 3])],
    [
      "12 bytes of elements of 8",
      partOf(
        8,
        Array.from({ length: 12 }, () => 0),
      ),
    ],
    ["elements of 3 bytes", { bytes: new Uint8Array(3), elementBytes: 3 } as unknown as Part],
    ["elements of 0 bytes", { bytes: new Uint8Array(0), elementBytes: 0 } as unknown as Part],
  ])("of %s is refused", (_name, part) => {
    const error = versionStoreErrorOf(() => codec.encode([rampPart(1, 5), part]));
    expect(error).toMatchObject({ code: "invalid-argument" });
    expect(error?.message).toContain("part=1");
  });
});

describe("limits", () => {
  test("raw bytes are bounded when writing and when reading, to the byte", () => {
    const narrow = segmentCodec(["lz4"], 1000);
    const fitting = [rampPart(1, 600), rampPart(8, 50)];
    const over = [rampPart(1, 601), rampPart(8, 50)];
    const { bytes, hash } = narrow.encode(fitting);
    expect(narrow.decode(bytes, hash)).toEqual(fitting);
    expect(versionStoreErrorOf(() => narrow.encode(over))).toMatchObject({
      code: "invalid-argument",
    });
    const wide = reader.encode(over);
    expect(versionStoreErrorOf(() => narrow.decode(wide.bytes, wide.hash))).toMatchObject({
      code: "data-integrity",
    });
  });

  test("parts are bounded, and as many as are allowed fit", () => {
    const codec = segmentCodec(["shuffle", "lz4"]);
    const parts = Array.from({ length: MAX_PARTS }, () => partOf(2, [1, 2]));
    const { bytes, hash } = codec.encode(parts);
    expect(codec.decode(bytes, hash)).toEqual(parts);
    const long = rampPart(8, 70_000);
    const few = codec.encode([long, ...parts.slice(1)]);
    expect(codec.decode(few.bytes, few.hash)[0]).toEqual(long);
    const error = versionStoreErrorOf(() => codec.encode([...parts, partOf(2, [])]));
    expect(error).toMatchObject({ code: "invalid-argument" });
  });

  test.each([0, -1, 1.5, 2 ** 30 + 1, Number.NaN])("%d is no limit", (maxRawBytes) => {
    const error = versionStoreErrorOf(() => segmentCodec([], maxRawBytes));
    expect(error).toMatchObject({ code: "invalid-argument" });
  });

  test("the default is 256 MiB", () => {
    const bytes = new Uint8Array(2 ** 28 + 1);
    const error = versionStoreErrorOf(() => reader.encode([{ bytes, elementBytes: 1 }]));
    expect(error?.message).toContain("most=268435456");
  });
});

/** Compresses any part to nothing, and remembers what it is asked for. */
function hollow(decompress: Extract<Codec, { kind: "compressor" }>["decompress"]): Codec {
  return { kind: "compressor", name: "hollow", compress: () => new Uint8Array(0), decompress };
}

describe("codecs of one's own", () => {
  test("are used by their name, and needed for reading", () => {
    const codecs = createCodecRegistry([hollow((_bytes, length) => new Uint8Array(length))]);
    const codec = createSegmentCodec({ checksum, codecs, chain: ["hollow"] });
    const zeros = [
      partOf(
        4,
        Array.from({ length: 400 }, () => 0),
      ),
    ];
    const { bytes, hash } = codec.encode(zeros);
    expect(codec.chain).toEqual(["hollow"]);
    expect(codec.decode(bytes, hash)).toEqual(zeros);
    const error = versionStoreErrorOf(() => reader.decode(bytes, hash));
    expect(error).toMatchObject({ code: "unsupported-capability" });
    expect(error?.message).toContain('codec="hollow"');
  });

  test("that fail, or give another length, are damage with its cause", () => {
    const failure = new TypeError("broken");
    const throwing = hollow(() => {
      throw failure;
    });
    const short = hollow((_bytes, length) => new Uint8Array(length - 1));
    for (const [codec, cause] of [
      [throwing, failure],
      [short, undefined],
    ] as const) {
      const codecs = createCodecRegistry([codec]);
      const broken = createSegmentCodec({ checksum, codecs, chain: ["hollow"] });
      const { bytes, hash } = broken.encode([rampPart(1, 100)]);
      const error = versionStoreErrorOf(() => broken.decode(bytes, hash));
      expect(error?.code).toBe("data-integrity");
      expect(error?.cause).toBe(cause);
    }
  });

  test("may use their memory again, when encoding and when decoding", () => {
    const shared = new Uint8Array(100);
    const recycling: Codec = {
      kind: "compressor",
      name: "recycling",
      // The one byte that all bytes of a part are.
      compress: (bytes) => shared.fill(bytes[0] ?? 0).subarray(0, 1),
      decompress: (bytes, exactLength) => shared.fill(bytes[0] ?? 0).subarray(0, exactLength),
    };
    const codecs = createCodecRegistry([recycling]);
    const codec = createSegmentCodec({ checksum, codecs, chain: ["recycling"] });
    const parts = [7, 8, 9].map((byte) => ({
      bytes: new Uint8Array(100).fill(byte),
      elementBytes: 1 as const,
    }));
    const { bytes, hash } = codec.encode(parts);
    expect(codec.decode(bytes, hash)).toEqual(parts);
  });
});

test("equal parts give equal segments", () => {
  for (const chain of CHAINS) {
    expect(segmentCodec(chain).encode(ramps)).toEqual(segmentCodec(chain).encode(ramps));
  }
});

test("a big-endian machine is refused", () => {
  vi.spyOn(Uint16Array, "of").mockReturnValue(new Uint16Array(Uint8Array.of(0, 1).buffer));
  const error = versionStoreErrorOf(() =>
    createSegmentCodec({ checksum, codecs: registry, chain: [] }),
  );
  expect(error).toMatchObject({ code: "unsupported-capability" });
});
