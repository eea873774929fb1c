import {
  createTileCodec,
  loadChecksum,
  PANEL_STEPS,
  panelCount,
  stepsInPanel,
  type TileMode,
  type TileShape,
} from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { findDecimals } from "../../src/tile/decimal-lattice.ts";
import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { bitsOf, specialBits, tileFromBits } from "../helpers/float-bits.ts";
import { misaligned } from "../helpers/misaligned.ts";
import { pricePaths } from "../helpers/price-paths.ts";

const modes: readonly TileMode[] = ["raw", "lz4", "pack", "decimal", "split"];
const codec = await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor });
const checksum = await loadChecksum();

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Patterns of every kind: any bits, special values, neighbours of one price. */
const bits = fc.oneof(
  uint32,
  fc.constantFrom(...specialBits),
  fc.integer({ min: 0x47cc_0000, max: 0x47cc_0fff }),
);
const tiles = fc
  .record({
    simulations: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(31, 32, 33, 130)),
    steps: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(31, 32, 33, 63, 64, 65)),
  })
  .chain((shape) => {
    const count = shape.simulations * shape.steps;
    const size = { minLength: count, maxLength: count };
    const values = fc.oneof(
      fc.array(bits, { ...size, size: "max" }),
      uint32.map((value) => Array.from({ length: count }, () => value)),
    );
    return fc.record({ shape: fc.constant(shape), tile: values.map(tileFromBits) });
  });

describe.each(modes)("mode %s", (mode) => {
  test("gives back every bit pattern of every shape", () => {
    fc.assert(
      fc.property(tiles, ({ shape, tile }) => {
        const { bytes, hash } = codec.encode(tile, shape, { mode });
        const { header, values } = codec.decode(bytes);
        expect(bitsOf(values)).toEqual(bitsOf(tile));
        expect(header).toMatchObject({ mode, shape, panelSteps: PANEL_STEPS, hash });
        expect(header.frameBytes).toBe(bytes.length);
        expect(header.headerBytes % 16).toBe(0);
      }),
      { numRuns: 120 },
    );
  });

  test.each([1, 2, 3, 5])("reads and writes at any address, here %i bytes off", (byteOffset) => {
    const shape = { simulations: 5, steps: 40 };
    const surroundings = new Float32Array(220).fill(Number.NaN);
    surroundings.set(pricePaths({ ...shape, seed: 3 }), byteOffset);
    const tile = surroundings.subarray(byteOffset, byteOffset + 200);
    const { bytes } = codec.encode(tile, shape, { mode });
    const { values } = codec.decode(misaligned(bytes, byteOffset));
    expect(bitsOf(values)).toEqual(bitsOf(tile));
  });

  test("carries any range of panels, and each panel decodes alone", () => {
    const shape = { simulations: 3, steps: 100 };
    const tile = pricePaths({ ...shape, seed: 4 });
    for (let first = 0; first < panelCount(shape); first += 1) {
      for (let count = 1; first + count <= panelCount(shape); count += 1) {
        const { bytes } = codec.encode(tile, shape, { mode, panels: { first, count } });
        const header = codec.readHeader(bytes.subarray(0, codec.readHeader(bytes).headerBytes));
        expect(header.panels).toEqual({ first, count });
        for (const [index, { offset, byteLength, hash }] of header.entries.entries()) {
          const panel = first + index;
          const start = panel * PANEL_STEPS * shape.simulations;
          const length = stepsInPanel(shape, panel) * shape.simulations;
          const panelBytes = bytes.subarray(offset, offset + byteLength);
          const out = new Float32Array(length + 4).fill(7);
          codec.decodePanel(header, panel, panelBytes, out, 2);
          expect(hash).toEqual(checksum.hash128(panelBytes));
          expect(bitsOf(out)).toEqual(
            bitsOf(Float32Array.of(7, 7, ...tile.subarray(start, start + length), 7, 7)),
          );
        }
      }
    }
  });

  test("decodes some steps of a panel to what they are in all of it", () => {
    const shape = { simulations: 5, steps: 39 };
    const tile = pricePaths({ ...shape, seed: 9 });
    const { bytes } = codec.encode(tile, shape, { mode });
    const header = codec.readHeader(bytes);
    for (const [panel, { offset, byteLength }] of header.entries.entries()) {
      const panelBytes = bytes.subarray(offset, offset + byteLength);
      const steps = stepsInPanel(shape, panel);
      const start = panel * PANEL_STEPS;
      for (let from = 0; from < steps; from += 1) {
        for (let to = from + 1; to <= steps; to += 1) {
          const wanted = tile.subarray((start + from) * 5, (start + to) * 5);
          const out = new Float32Array(wanted.length + 4).fill(7);
          codec.decodePanel(header, panel, panelBytes, out, 2, { from, to });
          expect(bitsOf(out)).toEqual(bitsOf(Float32Array.of(7, 7, ...wanted, 7, 7)));
        }
      }
      for (const [from, to] of [
        [-1, 1],
        [1, 1],
        [0, steps + 1],
        [0.5, 1],
      ] as const) {
        const decode = () => codec.decodePanel(header, panel, panelBytes, tile, 0, { from, to });
        expect(codecErrorOf(decode)?.code).toBe("invalid-argument");
      }
    }
  });

  test("fills an array that it is given, and leaves the rest of it alone", () => {
    const shape = { simulations: 4, steps: 33 };
    const tile = pricePaths({ ...shape, seed: 5 });
    const out = new Float32Array(tile.length + 3).fill(7);
    const { values } = codec.decode(codec.encode(tile, shape, { mode }).bytes, out);
    expect(values.buffer).toBe(out.buffer);
    expect([...out]).toEqual([...tile, 7, 7, 7]);
  });

  test("is not confused by what it worked on before", () => {
    const large = pricePaths({ simulations: 65, steps: 64, seed: 6 });
    const first = codec.encode(large, { simulations: 65, steps: 64 }, { mode });
    const kept = first.bytes.slice();
    const small = tileFromBits([1, 2, 3, 0xffff_ffff, 5, 6]);
    const second = codec.encode(small, { simulations: 3, steps: 2 }, { mode });
    expect(bitsOf(codec.decode(second.bytes).values)).toEqual(bitsOf(small));
    expect(first.bytes).toEqual(kept);
    expect(bitsOf(codec.decode(first.bytes).values)).toEqual(bitsOf(large));
  });

  test("gives out headers that share nothing with the frame", () => {
    const shape = { simulations: 2, steps: 33 };
    const { bytes } = codec.encode(pricePaths({ ...shape, seed: 8 }), shape, { mode });
    const header = codec.readHeader(bytes);
    const before = structuredClone(header);
    bytes.fill(0);
    expect(header).toEqual(before);
  });

  test("does not touch the tile", () => {
    const shape = { simulations: 7, steps: 34 };
    const tile = pricePaths({ ...shape, seed: 7 });
    const before = bitsOf(tile);
    codec.encode(tile, shape, { mode });
    expect(bitsOf(tile)).toEqual(before);
  });
});

test("pack stores price paths of 8 digits in at most 0.58 bytes per raw byte, headers counted", () => {
  const shape = { simulations: 1000, steps: 289 };
  const tile = pricePaths({ ...shape, seed: 1 });
  let split = 0;
  for (let first = 0; first < panelCount(shape); first += 1) {
    split += codec.encode(tile, shape, { mode: "pack", panels: { first, count: 1 } }).bytes.length;
  }
  const whole = codec.encode(tile, shape, { mode: "pack" }).bytes.length;
  expect(whole / tile.byteLength).toBeLessThan(0.58);
  expect(split / tile.byteLength).toBeLessThan(0.58);
});

describe("tiles of few decimals", () => {
  const shape = { simulations: 1000, steps: 64 };
  const raw = 4 * shape.simulations * shape.steps;
  const cents = pricePaths({ ...shape, seed: 2, start: 3512.47, decimals: 2 });
  const digits = pricePaths({ ...shape, seed: 2 });
  const ratio = (tile: Float32Array, mode: TileMode | "auto"): number =>
    raw / codec.encode(tile, shape, { mode }).bytes.length;

  test("take fewer bytes as decimals, and fewer still when they are split", () => {
    expect(ratio(cents, "pack")).toBeLessThan(1.8);
    expect(ratio(cents, "decimal")).toBeGreaterThan(2.4);
    expect(ratio(cents, "split")).toBeGreaterThan(2.6);
  });

  test("and of many digits take fewer when they are split", () => {
    expect(ratio(digits, "pack")).toBeGreaterThan(1.74);
    expect(ratio(digits, "split")).toBeGreaterThan(1.9);
  });
});

test("how many decimals values were written with, true or not, changes no byte", () => {
  const shape = { simulations: 65, steps: 33 };
  const writtenTiles = fc
    .record({
      seed: fc.integer(),
      start: fc.constantFrom(0.5, 3.25, 652.31, 9_999.5, 104_856.23),
      decimals: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      spoilt: fc.option(fc.tuple(fc.nat(65 * 33 - 1), fc.constantFrom(Number.NaN, -0, 0.125, 1e9))),
    })
    .map(({ seed, start, decimals, spoilt }) => {
      const few = decimals === undefined ? {} : { decimals };
      const tile = pricePaths({ ...shape, seed, start, ...few });
      if (spoilt !== null) tile[spoilt[0]] = spoilt[1];
      return tile;
    });
  const anyMode = fc.constantFrom("decimal", "split", "auto", "pack");
  fc.assert(
    fc.property(writtenTiles, anyMode, fc.integer({ min: 0, max: 12 }), (tile, mode, decimals) => {
      const expected = codec.encode(tile, shape, { mode });
      expect(codec.encode(tile, shape, { mode, decimals })).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test("values that need all decimals that they were written with are tried with these alone", () => {
  const words = new Int32Array(Float32Array.of(1.25, 2.5, 3, 4.75).buffer);
  const tried: number[] = [];
  const fits = (decimals: number): boolean => {
    tried.push(decimals);
    return decimals >= 2;
  };
  expect(findDecimals(words, fits, 2)).toBe(2);
  expect(tried).toEqual([2]);
  // One that was said to have more is tried with fewer.
  expect(findDecimals(words, fits, 3)).toBe(2);
  expect(tried).toEqual([2, 2]);
});

/** A bijection of 32-bit numbers without any order left. */
function scatter(word: number): number {
  return Math.imul(word ^ (word >>> 15), 0x9e37_79b1) >>> 0;
}

describe("auto", () => {
  const shape = { simulations: 100, steps: 40 };

  test.each<[TileMode, string, Float32Array]>([
    ["decimal", "prices in cents", pricePaths({ ...shape, seed: 1, start: 652.31, decimals: 2 })],
    ["pack", "prices of many digits", pricePaths({ ...shape, seed: 1, start: 88_888.888 })],
    ["raw", "noise", tileFromBits(Array.from({ length: 4_000 }, (_, at) => scatter(scatter(at))))],
  ])("takes %s for %s", (mode, _name, tile) => {
    const chosen = codec.encode(tile, shape, { mode: "auto" });
    expect(chosen.mode).toBe(mode);
    expect(chosen).toEqual(codec.encode(tile, shape, { mode }));
    expect(bitsOf(codec.decode(chosen.bytes).values)).toEqual(bitsOf(tile));
  });
});

test.each(["lz4", "split"] as const)("mode %s says which compressor it misses", async (mode) => {
  const without = await createTileCodec();
  const shape = { simulations: 10, steps: 3 };
  const tile = pricePaths({ ...shape, seed: 1 });
  const { bytes } = codec.encode(tile, shape, { mode });
  for (const run of [() => without.encode(tile, shape, { mode }), () => without.decode(bytes)]) {
    const error = codecErrorOf(run);
    expect(error?.code).toBe("missing-compressor");
    expect(error?.message).toContain(mode === "lz4" ? "/lz4" : "/zstd");
  }
});

describe("arguments", () => {
  const shape = { simulations: 2, steps: 40 };
  const tile = new Float32Array(80);

  test.each<[string, TileShape, Float32Array]>([
    ["no simulations", { simulations: 0, steps: 40 }, new Float32Array(0)],
    ["no steps", { simulations: 2, steps: 0 }, new Float32Array(0)],
    ["a fraction", { simulations: 2.5, steps: 32 }, tile],
    ["a negative size", { simulations: -2, steps: -40 }, tile],
    ["not a number", { simulations: Number.NaN, steps: 40 }, tile],
    ["too many simulations", { simulations: 65_537, steps: 1 }, new Float32Array(65_537)],
    ["another length", shape, new Float32Array(79)],
  ])("encode refuses %s", (_name, badShape, badTile) => {
    const error = codecErrorOf(() => codec.encode(badTile, badShape, { mode: "raw" }));
    expect(error?.code).toBe("invalid-argument");
  });

  test.each([
    { first: 2, count: 1 },
    { first: 0, count: 3 },
    { first: 1, count: 2 },
    { first: -1, count: 1 },
    { first: 0, count: 0 },
    { first: 0.5, count: 1 },
  ])("encode refuses the panels %o of 2", (panels) => {
    const error = codecErrorOf(() => codec.encode(tile, shape, { mode: "pack", panels }));
    expect(error?.code).toBe("invalid-argument");
  });

  test("encode refuses an unknown mode", () => {
    const mode = "zip" as TileMode;
    expect(codecErrorOf(() => codec.encode(tile, shape, { mode }))?.code).toBe("invalid-argument");
  });

  test.each([
    ["a panel before the frame's", 0, 100, 0],
    ["a panel after the frame's", 2, 100, 0],
    ["too little room", 1, 15, 0],
    ["too little room behind the offset", 1, 17, 2],
    ["a negative offset", 1, 100, -1],
    ["a fractional offset", 1, 100, 0.5],
  ])("decodePanel refuses %s", (_name, panel, length, outOffset) => {
    const { bytes } = codec.encode(tile, shape, { mode: "raw", panels: { first: 1, count: 1 } });
    const header = codec.readHeader(bytes);
    const panelBytes = bytes.subarray(header.headerBytes);
    const out = new Float32Array(length);
    const run = (): void => codec.decodePanel(header, panel, panelBytes, out, outOffset);
    expect(codecErrorOf(run)?.code).toBe("invalid-argument");
  });

  test("decode refuses an array that is too short", () => {
    const { bytes } = codec.encode(tile, shape, { mode: "raw" });
    const run = (): unknown => codec.decode(bytes, new Float32Array(79));
    expect(codecErrorOf(run)?.code).toBe("invalid-argument");
  });

  test.each([
    { maxSimulations: 0 },
    { maxSteps: 2 ** 24 + 1 },
    { maxFrameBytes: 2 ** 30 + 1 },
    { maxSteps: 1.5 },
  ])("createTileCodec refuses the limits %o", async (limits) => {
    await expect(createTileCodec({ limits })).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("limits", () => {
  const shape = { simulations: 8, steps: 33 };
  const tile = new Float32Array(8 * 33);

  test("hold for writing and for reading alike", async () => {
    const narrow = await createTileCodec({ limits: { maxSimulations: 7 } });
    const short = await createTileCodec({ limits: { maxSteps: 32 } });
    const { bytes } = codec.encode(tile, shape, { mode: "pack" });
    expect(codecErrorOf(() => narrow.readHeader(bytes))?.code).toBe("too-large");
    expect(codecErrorOf(() => short.readHeader(bytes))?.code).toBe("too-large");
    expect(codecErrorOf(() => narrow.encode(tile, shape, { mode: "pack" }))?.code).toBe(
      "invalid-argument",
    );
  });

  test("bound stored bytes and decoded bytes of a frame", async () => {
    const { bytes } = codec.encode(tile, shape, { mode: "raw" });
    const exact = await createTileCodec({ limits: { maxFrameBytes: bytes.length } });
    const less = await createTileCodec({ limits: { maxFrameBytes: bytes.length - 1 } });
    expect(exact.encode(tile, shape, { mode: "raw" }).bytes).toEqual(bytes);
    expect(bitsOf(exact.decode(bytes).values)).toEqual(bitsOf(tile));
    expect(codecErrorOf(() => less.encode(tile, shape, { mode: "raw" }))?.code).toBe("too-large");
    expect(codecErrorOf(() => less.readHeader(bytes))?.code).toBe("too-large");
    // Zeros pack to less than a tenth of the 1,056 bytes that they decode to.
    const packed = codec.encode(tile, shape, { mode: "pack" }).bytes;
    const small = await createTileCodec({ limits: { maxFrameBytes: 1_055 } });
    expect(packed.length).toBeLessThan(300);
    expect(codecErrorOf(() => small.readHeader(packed))?.code).toBe("too-large");
    expect(codecErrorOf(() => small.encode(tile, shape, { mode: "pack" }))?.code).toBe("too-large");
  });
});
