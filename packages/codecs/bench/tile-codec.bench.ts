import { createTileCodec, PANEL_STEPS, panelCount, type TileMode } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { beforeAll, describe, test } from "vitest";

import { pricePaths } from "../test/helpers/price-paths.ts";

const shape = { simulations: 1000, steps: 289 };
const tile = pricePaths({ ...shape, seed: 1 });
const modes: readonly TileMode[] = ["raw", "lz4", "pack"];
const codec = await createTileCodec({ compressor: lz4Compressor });
const panels = panelCount(shape);

/** Stored bytes per raw byte, whole tile in one frame and one frame per panel. */
function printRatios(mode: TileMode): void {
  const whole = codec.encode(tile, shape, { mode }).bytes.length;
  let split = 0;
  for (let first = 0; first < panels; first += 1) {
    split += codec.encode(tile, shape, { mode, panels: { first, count: 1 } }).bytes.length;
  }
  const ratio = (bytes: number): string => (bytes / tile.byteLength).toFixed(4);
  console.log(
    `${mode}: stored per raw byte ${ratio(whole)}, one frame per panel ${ratio(split)} (${PANEL_STEPS} steps)`,
  );
}

beforeAll(() => {
  for (const mode of modes) printRatios(mode);
});

// One call is one tile of 1,156,000 bytes: 1,000 calls a second are 1.156 GB/s.
describe("tile 1000 x 289, price paths of 8 digits", () => {
  test("encode", async ({ bench }) => {
    await bench.compare(
      ...modes.map((mode) =>
        bench(mode, () => {
          codec.encode(tile, shape, { mode });
        }),
      ),
    );
  });

  test("decode", async ({ bench }) => {
    const out = new Float32Array(tile.length);
    await bench.compare(
      ...modes.map((mode) => {
        const { bytes } = codec.encode(tile, shape, { mode });
        return bench(mode, () => {
          codec.decode(bytes, out);
        });
      }),
    );
  });
});
