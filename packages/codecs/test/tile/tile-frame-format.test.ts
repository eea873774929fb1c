import { readFileSync } from "node:fs";

import { createTileCodec, type TileMode } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { bitsOf, specialBits, tileFromBits } from "../helpers/float-bits.ts";
import { fromHex, toHex } from "../helpers/hex.ts";
import { readFrameNaively } from "../helpers/naive-frame-reader.ts";
import { resealFrame } from "../helpers/reseal-frame.ts";

const codec = await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor });
const modes: readonly TileMode[] = ["raw", "lz4", "pack", "decimal", "split"];

test.each(modes)("a reader written from the document reads mode %s", async (mode) => {
  const shapes = fc.record({
    simulations: fc.integer({ min: 1, max: 14 }),
    steps: fc.integer({ min: 1, max: 40 }),
  });
  const bits = fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(...specialBits),
    fc.integer({ min: 0x47cc_0000, max: 0x47cc_00ff }),
  );
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.array(bits, { minLength: 1, maxLength: 300, size: "max" }),
      async (shape, some) => {
        const count = shape.simulations * shape.steps;
        const tile = tileFromBits(
          Array.from({ length: count }, (_, i) => some[i % some.length] ?? 0),
        );
        const frame = await readFrameNaively(codec.encode(tile, shape, { mode }).bytes);
        expect(frame).toEqual({
          mode: modes.indexOf(mode),
          ...shape,
          firstPanel: 0,
          panelCount: Math.ceil(shape.steps / 32),
          bits: bitsOf(tile),
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("the document's worked example is real", () => {
  const file = new URL("../../../../docs/formats/tile-frame-v1.md", import.meta.url);
  const [, example = ""] = /```hex\n(.*?)```/s.exec(readFileSync(file, "utf8")) ?? [];
  const bits = [0x3f80_0000, 0x4000_0000, 0x3fc0_0000, 0x4000_0000, 0x7fc0_0001, 0x8000_0000];
  const frame = fromHex(example.replace(/\s/g, ""));
  const shape = { simulations: 2, steps: 3 };
  expect(bitsOf(codec.decode(frame).values)).toEqual(bits);
  expect(toHex(codec.encode(tileFromBits(bits), shape, { mode: "pack" }).bytes)).toBe(toHex(frame));
});

test("the panel length is taken from the frame", async () => {
  // Two panels of 5 and 2 steps: 7 raw values, header rewritten by hand.
  const tile = tileFromBits([1, 2, 3, 4, 5, 6, 7]);
  const { bytes } = codec.encode(tile, { simulations: 1, steps: 7 }, { mode: "raw" });
  const panels = [bytes.subarray(64, 64 + 20), bytes.subarray(64 + 20)];
  const frame = resealFrame(bytes, panels, (view) => view.setUint32(16, 5, true));
  const { header, values } = codec.decode(frame);
  expect(header).toMatchObject({ panelSteps: 5, panels: { first: 0, count: 2 } });
  expect(header.entries.map(({ byteLength }) => byteLength)).toEqual([20, 8]);
  expect(bitsOf(values)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect((await readFrameNaively(frame)).bits).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
