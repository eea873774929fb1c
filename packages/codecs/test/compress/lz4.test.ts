import { createTileCodec, type ByteCompressor } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { readLz4Block } from "../helpers/lz4-block.ts";
import { misaligned } from "../helpers/misaligned.ts";
import { pricePaths } from "../helpers/price-paths.ts";

const shape = { simulations: 10, steps: 40 };
const tile = pricePaths({ ...shape, seed: 1 });

/** What a reader with this compressor throws for a good frame. */
async function decodeWith(compressor: ByteCompressor | undefined): Promise<unknown> {
  const writer = await createTileCodec({ compressor: lz4Compressor });
  const reader = await createTileCodec(compressor === undefined ? {} : { compressor });
  const { bytes } = writer.encode(tile, shape, { mode: "lz4" });
  return codecErrorOf(() => reader.decode(bytes));
}

const inflating: ByteCompressor = {
  ...lz4Compressor,
  compress: (bytes) => new Uint8Array(2 * bytes.length + 100),
};

describe("lz4Compressor", () => {
  test("gives back any bytes, as blocks that a plain reader reads", () => {
    const contents = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 600, size: "max" }),
      fc.nat(3_000).map((length) => new Uint8Array(length + 1).fill(length)),
    );
    fc.assert(
      fc.property(contents, fc.integer({ min: 0, max: 3 }), (bytes, byteOffset) => {
        const block = lz4Compressor.compress(misaligned(bytes, byteOffset));
        const again = lz4Compressor.decompress(misaligned(block, byteOffset), bytes.length);
        expect(new Uint8Array(again)).toEqual(bytes);
        expect(readLz4Block(block.subarray(4))).toEqual(bytes);
      }),
    );
  });

  test("refuses a length that is not the expected one before it decompresses", () => {
    const block = lz4Compressor.compress(new Uint8Array(1_000));
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    view.setUint32(0, 0xffff_ffff, true);
    expect(codecErrorOf(() => lz4Compressor.decompress(block, 1_000))?.code).toBe("damaged");
    view.setUint32(0, 1_000, true);
    expect(codecErrorOf(() => lz4Compressor.decompress(block, 999))?.code).toBe("damaged");
    expect(lz4Compressor.decompress(block, 1_000)).toHaveLength(1_000);
  });

  test.each([0, 1, 3])("refuses %i bytes", (length) => {
    const run = (): unknown => lz4Compressor.decompress(new Uint8Array(length), 0);
    expect(codecErrorOf(run)?.code).toBe("damaged");
  });

  test("throws an error on garbage behind a right length, or gives at most that many bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (garbage) => {
        const block = Uint8Array.of(200, 0, 0, 0, ...garbage);
        let length = 200;
        let thrown: unknown;
        try {
          ({ length } = lz4Compressor.decompress(block, 200));
        } catch (error) {
          thrown = error;
        }
        expect(thrown === undefined || thrown instanceof Error).toBe(true);
        expect(length).toBeLessThanOrEqual(200);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("the lz4 mode with an injected compressor", () => {
  test("without one, writing and reading say what is missing, and headers are still read", async () => {
    const writer = await createTileCodec({ compressor: lz4Compressor });
    const codec = await createTileCodec();
    const { bytes } = writer.encode(tile, shape, { mode: "lz4" });
    expect(codec.readHeader(bytes).mode).toBe("lz4");
    for (const run of [
      () => codec.decode(bytes),
      () => codec.encode(tile, shape, { mode: "lz4" }),
    ]) {
      const error = codecErrorOf(run);
      expect(error?.code).toBe("missing-compressor");
      expect(error?.message).toContain("@foretile/codecs/lz4");
    }
  });

  test("its failure is damage, with the cause kept", async () => {
    const cause = new TypeError("no");
    const failing: ByteCompressor = {
      ...lz4Compressor,
      decompress: () => {
        throw cause;
      },
    };
    expect(await decodeWith(failing)).toMatchObject({ code: "damaged", cause });
  });

  test.each([-1, 1])("a result that is %i byte off is damage", async (difference) => {
    const lying: ByteCompressor = {
      ...lz4Compressor,
      decompress: (_bytes, exactLength) => new Uint8Array(exactLength + difference),
    };
    expect(await decodeWith(lying)).toMatchObject({ code: "damaged" });
  });

  test("more output than an lz4 block can have is refused", async () => {
    const codec = await createTileCodec({ compressor: inflating });
    const error = codecErrorOf(() => codec.encode(tile, shape, { mode: "lz4" }));
    expect(error?.code).toBe("invalid-argument");
  });

  test("bits that do not compress fit the format's bound", async () => {
    const codec = await createTileCodec({ compressor: lz4Compressor });
    const noise = new Float32Array(1000 * 32);
    new Uint32Array(noise.buffer, 0, noise.length).forEach((_, index, words) => {
      words[index] = Math.imul(index + 1, 0x9e37_79b1) ^ (Math.imul(index, 0x85eb_ca6b) >>> 13);
    });
    const { bytes } = codec.encode(noise, { simulations: 1000, steps: 32 }, { mode: "lz4" });
    expect(codec.decode(bytes).values).toEqual(noise);
  });
});
