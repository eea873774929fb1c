import { createTileCodec, panelCount } from "@foretile/codecs";
import { zstdCompressor } from "@foretile/codecs/zstd";
import { brownianMoves } from "./data/price-moves.mjs";
import { INCREMENT_SECONDS } from "./data/make-dataset.mjs";
import { makeTile } from "./data/make-tile.mjs";

const SHAPE = { simulations: 1000, steps: 289 };

/** How small tiles become, a frame for each panel as the store keeps them; the same on every machine. */
export async function codecRatios() {
  const codec = await createTileCodec({ zstd: zstdCompressor });
  const bitcoin = tileOf(104_856.23, 0.6, {});
  const ether = tileOf(3512.47, 0.75, { decimals: 2 });
  return [
    row("pack, BTC of 8 digits", ratio(codec, bitcoin, "pack")),
    row("auto, ETH of 2 decimals", ratio(codec, ether, "auto")),
    row("split, BTC of 8 digits", ratio(codec, bitcoin, "split")),
  ];
}

function tileOf(start, yearlyVolatility, digits) {
  const moves = brownianMoves({ start, yearlyVolatility, incrementSeconds: INCREMENT_SECONDS });
  return makeTile({ seed: 0, start, factors: moves.factors, shape: SHAPE, ...digits });
}

function ratio(codec, tile, mode) {
  let bytes = 0;
  for (let first = 0; first < panelCount(SHAPE); first += 1) {
    bytes += codec.encode(tile, SHAPE, { mode, panels: { first, count: 1 } }).bytes.length;
  }
  return tile.byteLength / bytes;
}

function row(subject, value) {
  const metric = "float32 per stored byte";
  return { workload: "size", subject, metric, unit: "", values: [value] };
}
