import { createTileCodec, type TileMode } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { largestAllocation } from "../helpers/allocations.ts";
import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { bitsOf } from "../helpers/float-bits.ts";
import { pricePaths } from "../helpers/price-paths.ts";
import { resealFrame } from "../helpers/reseal-frame.ts";

const modes: readonly TileMode[] = ["raw", "lz4", "pack", "decimal", "split"];
const codec = await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor });
const shape = { simulations: 3, steps: 34 };
const tile = pricePaths({ ...shape, seed: 1 });

function frameOf(mode: TileMode): Uint8Array {
  return codec.encode(tile, shape, { mode }).bytes;
}

/** A frame of 5 raw values in 1 panel, whose fields `change` sets before the hashes are made. */
function hostileHeader(change: (view: DataView) => void): Uint8Array {
  const { bytes } = codec.encode(
    new Float32Array(5),
    { simulations: 1, steps: 5 },
    { mode: "raw" },
  );
  return resealFrame(bytes, [bytes.subarray(64)], change);
}

/** A `pack` body with these first bytes, then zeros. */
function packBody(widths: readonly number[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(widths);
  return bytes;
}

describe.each(modes)("mode %s", (mode) => {
  test("every flipped bit is found", () => {
    const frame = frameOf(mode);
    const codes = Array.from({ length: 8 * frame.length }, (_, bit) => {
      const flipped = frame.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return codecErrorOf(() => codec.decode(flipped))?.code;
    });
    expect(codes.filter((code) => code === undefined)).toEqual([]);
    // Mode, element type and shape, then directory, hash and panels. Only magic, version and count come before the hash.
    const hashed = [...codes.slice(8 * 6, 8 * 24), ...codes.slice(8 * 28)];
    expect(new Set(hashed)).toEqual(new Set(["damaged"]));
  });

  test("every cut is found, and the needed length leads to the whole frame", () => {
    const frame = frameOf(mode);
    for (let length = 0; length < frame.length; length += 1) {
      const error = codecErrorOf(() => codec.decode(frame.subarray(0, length)));
      expect(error?.code, `length ${length}`).toBe("truncated");
      expect(error?.details["neededBytes"]).toBeGreaterThan(length);
      expect(error?.details["neededBytes"]).toBeLessThanOrEqual(frame.length);
    }
  });

  test("a byte after the frame is found", () => {
    const frame = frameOf(mode);
    const longer = new Uint8Array(frame.length + 1);
    longer.set(frame);
    expect(codecErrorOf(() => codec.decode(longer))?.code).toBe("damaged");
  });

  test("a panel of another place is found", () => {
    const frame = frameOf(mode);
    const header = codec.readHeader(frame);
    const [first] = header.entries;
    const panel = frame.subarray(first?.offset, (first?.offset ?? 0) + (first?.byteLength ?? 0));
    const out = new Float32Array(tile.length);
    const cut = codecErrorOf(() => codec.decodePanel(header, 0, panel.subarray(1), out, 0));
    const wrong = codecErrorOf(() => codec.decodePanel(header, 1, panel, out, 0));
    expect(cut?.code).toBe("truncated");
    expect(wrong).toMatchObject({ code: "damaged", details: { panel: 1 } });
    expect(out.every((value) => value === 0)).toBe(true);
  });

  test("frames with any change but the right hashes decode or fail typed, in bounded memory", async () => {
    const bounded = await createTileCodec({
      compressor: lz4Compressor,
      zstd: zstdCompressor,
      limits: { maxFrameBytes: 100_000 },
    });
    const frame = frameOf(mode);
    const { entries } = codec.readHeader(frame);
    const panels = entries.map(({ offset, byteLength }) =>
      frame.slice(offset, offset + byteLength),
    );
    const edits = fc.array(
      fc.record({
        place: fc.integer({ min: 0, max: 400 }),
        byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 32, 33, 255)),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(edits, fc.boolean(), fc.nat(40), (changes, inHeader, cut) => {
        const bodies = panels.map((panel) => panel.slice(0, panel.length - (inHeader ? 0 : cut)));
        for (const { place, byte } of changes) {
          const [body] = bodies;
          if (!inHeader && body !== undefined) body[place % body.length] = byte;
        }
        const hostile = resealFrame(frame, bodies, (view) => {
          for (const { place, byte } of changes) {
            if (inHeader) view.setUint8(4 + (place % 64), byte);
          }
        });
        const bytes = largestAllocation(() => {
          const error = codecErrorOf(() => bounded.decode(hostile));
          // No panic of the native decompressor either: those come as plain errors, and are translated.
          expect(error?.message ?? "decoded").not.toBe("");
        });
        expect(bytes).toBeLessThanOrEqual(100_000);
      }),
      { numRuns: 1_500 },
    );
  });
});

test("garbage fails typed", () => {
  const magic = Uint8Array.from("FTTF\u0001\u0000", (letter) => letter.charCodeAt(0));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (garbage, startsWell) => {
      const bytes = startsWell ? Uint8Array.of(...magic, ...garbage) : garbage;
      expect(codecErrorOf(() => codec.decode(bytes))).toBeDefined();
    }),
    { numRuns: 3_000 },
  );
});

describe("headers with fitting hashes", () => {
  test.each<[string, string, (view: DataView) => void]>([
    ["a newer version", "unsupported-version", (view) => view.setUint16(4, 2, true)],
    ["version 0", "unsupported-version", (view) => view.setUint16(4, 0, true)],
    ["an unknown mode", "unsupported-mode", (view) => view.setUint8(6, 5)],
    ["an unknown element type", "unsupported-element-type", (view) => view.setUint8(7, 2)],
    ["no simulations", "damaged", (view) => view.setUint32(8, 0, true)],
    ["no steps", "damaged", (view) => view.setUint32(12, 0, true)],
    ["panels of no steps", "damaged", (view) => view.setUint32(16, 0, true)],
    ["a panel after the last", "damaged", (view) => view.setUint32(20, 1, true)],
    ["a panel far after the last", "damaged", (view) => view.setUint32(20, 0xffff_ffff, true)],
    ["2^32 - 1 simulations", "too-large", (view) => view.setUint32(8, 0xffff_ffff, true)],
    ["2^32 - 1 steps", "too-large", (view) => view.setUint32(12, 0xffff_ffff, true)],
    ["panels of 2^32 - 1 steps", "too-large", (view) => view.setUint32(16, 0xffff_ffff, true)],
    ["2^32 - 1 panels", "too-large", (view) => view.setUint32(24, 0xffff_ffff, true)],
    ["a short panel", "damaged", (view) => view.setUint32(28, 19, true)],
    ["a long panel", "damaged", (view) => view.setUint32(28, 0xffff_ffff, true)],
    ["no panel bytes", "damaged", (view) => view.setUint32(28, 0, true)],
  ])("%s: %s", (_name, code, change) => {
    const frame = hostileHeader(change);
    const error = codecErrorOf(() => codec.decode(frame));
    expect(error?.code).toBe(code);
    expect(largestAllocation(() => codecErrorOf(() => codec.decode(frame)))).toBeLessThan(1_000);
  });

  test("no panels", () => {
    const frame = resealFrame(
      hostileHeader(() => undefined),
      [],
    );
    expect(codecErrorOf(() => codec.decode(frame))?.code).toBe("damaged");
  });

  test("padding that is not 0", () => {
    // Two panels leave 12 bytes between directory and hash.
    const whole = frameOf("raw");
    const { entries } = codec.readHeader(whole);
    const panels = entries.map(({ offset, byteLength }) =>
      whole.subarray(offset, offset + byteLength),
    );
    expect(bitsOf(codec.decode(resealFrame(whole, panels)).values)).toEqual(bitsOf(tile));
    for (const at of [68, 79]) {
      const frame = resealFrame(whole, panels, (view) => view.setUint8(at, 1));
      expect(codecErrorOf(() => codec.decode(frame))?.code).toBe("not-canonical");
    }
  });

  test("a tiny frame that claims 16 GiB of values is refused before anything is allocated", () => {
    const wide = { simulations: 65_536, steps: 65_536 };
    const body = new Uint8Array(32 + 128);
    const frame = resealFrame(
      frameOf("pack"),
      Array.from({ length: 2_048 }, () => body),
      (view) => {
        view.setUint32(8, wide.simulations, true);
        view.setUint32(12, wide.steps, true);
      },
    );
    expect(codecErrorOf(() => codec.decode(frame))?.code).toBe("too-large");
    expect(largestAllocation(() => codecErrorOf(() => codec.decode(frame)))).toBeLessThan(100_000);
  });

  test("a newer release's frame says what to upgrade", () => {
    const version = codecErrorOf(() =>
      codec.readHeader(hostileHeader((v) => v.setUint16(4, 9, true))),
    );
    const mode = codecErrorOf(() => codec.readHeader(hostileHeader((v) => v.setUint8(6, 9))));
    expect(version?.message).toMatch(/upgrade @foretile\/codecs .* found=9 reads=1$/);
    expect(mode?.message).toMatch(
      /upgrade @foretile\/codecs .* found=9 reads=raw,lz4,pack,decimal,split$/,
    );
  });

  test("a newer version is named even when its hash is elsewhere", () => {
    const bytes = new Uint8Array(6);
    bytes.set(frameOf("raw").subarray(0, 4));
    bytes[4] = 7;
    expect(codecErrorOf(() => codec.readHeader(bytes))?.code).toBe("unsupported-version");
  });
});

describe("pack bodies with fitting hashes", () => {
  // 3 simulations, 2 steps: widths (and 2 zeros), bases, then 16 bytes per step of width 1 to 10.
  const values = new Float32Array(6);
  const plain = codec.encode(values, { simulations: 3, steps: 2 }, { mode: "pack" }).bytes;

  test.each<[string, string, Uint8Array]>([
    ["a width of 33", "damaged", packBody([33, 0], 12 + 32)],
    ["a width of 255", "damaged", packBody([255, 0], 12)],
    ["widths that need more bytes", "damaged", packBody([1, 1], 12 + 16)],
    ["widths that need fewer bytes", "damaged", packBody([1, 0], 12 + 32)],
    ["a length that is no multiple of 4", "damaged", packBody([1, 0], 12 + 17)],
    ["bytes after the widths", "not-canonical", packBody([0, 0, 1], 12)],
    ["the last byte after the widths", "not-canonical", packBody([0, 0, 0, 1], 12)],
  ])("%s: %s", (_name, code, bytes) => {
    const frame = resealFrame(plain, [bytes]);
    expect(codecErrorOf(() => codec.decode(frame))?.code).toBe(code);
  });

  test("bits that hold no value are not looked at", () => {
    const bytes = packBody([1, 0], 12 + 16);
    // Row 0 of lane 3, and everything above row 0 of lane 0.
    bytes.set([0xff, 0xff, 0xff, 0xff], 12);
    bytes.set([0xff, 0xff, 0xff, 0xff], 24);
    const { values: decoded } = codec.decode(resealFrame(plain, [bytes]));
    expect(bitsOf(decoded)).toEqual([1, 0, 0, 1, 0, 0]);
  });
});
