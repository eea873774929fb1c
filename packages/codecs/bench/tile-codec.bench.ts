import {
  createTileCodec,
  loadChecksum,
  PANEL_STEPS,
  panelCount,
  type TileCodec,
  type TileMode,
} from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";
import { BLOCK_BYTES, KernelMemory, loadHashKernel, loadTileKernel } from "@foretile/kernels";
import { beforeAll, describe, test } from "vitest";

import { FLOAT_BITS } from "../src/tile/decimal-lattice.ts";
import { mostPackedBytes } from "../src/tile/packed-layout.ts";
import { PanelKernel } from "../src/tile/panel-kernel.ts";
import { PanelPacker } from "../src/tile/panel-packer.ts";
import { pricePaths } from "../test/helpers/price-paths.ts";

const shape = { simulations: 1000, steps: 289 };
const tiles = {
  "8 digits": pricePaths({ ...shape, seed: 1 }),
  "2 decimals": pricePaths({ ...shape, seed: 1, start: 3_512.47, decimals: 2 }),
};
const tile = tiles["8 digits"];
const modes: readonly TileMode[] = ["raw", "lz4", "pack", "decimal", "split"];
const panels = panelCount(shape);
const compressors = { compressor: lz4Compressor, zstd: zstdCompressor };
const codec = await createTileCodec(compressors);
// Without room for the kernel the plain code does the work.
const plainCodec = await createTileCodec({ ...compressors, memory: new KernelMemory(16) });
const memory = new KernelMemory(8 * 2 ** 20);
const sharingCodec = await createTileCodec({ ...compressors, memory });
const inMemory = memory.float32(tile.length);

/** Raw bytes per stored byte, whole tile in one frame and one frame per panel. */
function printRatios(name: string, values: Float32Array, mode: TileMode): void {
  const whole = codec.encode(values, shape, { mode }).bytes.length;
  let parts = 0;
  for (let first = 0; first < panels; first += 1) {
    parts += codec.encode(values, shape, { mode, panels: { first, count: 1 } }).bytes.length;
  }
  const ratio = (bytes: number): string => (values.byteLength / bytes).toFixed(3);
  console.log(
    `${name}, ${mode}: ${ratio(whole)} times smaller, one frame per panel of ${PANEL_STEPS} steps ${ratio(parts)}`,
  );
}

beforeAll(() => {
  for (const [name, values] of Object.entries(tiles)) {
    for (const mode of modes) printRatios(name, values, mode);
  }
});

// One call is one panel of 128,000 bytes: 100,000 calls a second are 12.8 GB/s.
describe("panel 1000 x 32, prices of 8 digits", () => {
  const { simulations } = shape;
  const steps = PANEL_STEPS;
  const all = { from: 0, to: steps };
  const words = new Int32Array(tile.buffer, tile.byteOffset, simulations * steps);
  const packed = new Uint8Array(mostPackedBytes(simulations, steps));
  const plain = new PanelPacker();
  const kernel = new PanelPacker(PanelKernel.create(undefined));
  const sharing = new PanelPacker(PanelKernel.create(memory));
  const bytes = packed.slice(0, plain.pack(words, simulations, steps, packed));
  const out = new Int32Array(words.length);
  const outInMemory = memory.words(memory.allocate(words.byteLength), words.length);

  test("unpack", async ({ bench }) => {
    const loaded = loadTileKernel(memory);
    const body = memory.allocate(bytes.length + BLOCK_BYTES);
    const tail = memory.allocate(BLOCK_BYTES);
    memory.bytes.set(bytes, body);
    await bench.compare(
      bench("plain code", () => {
        plain.unpack(bytes, FLOAT_BITS, simulations, steps, all, out);
      }),
      bench("kernel, copied in and out", () => {
        kernel.unpack(bytes, FLOAT_BITS, simulations, steps, all, out);
      }),
      bench("kernel, copied in, result in its memory", () => {
        sharing.unpack(bytes, FLOAT_BITS, simulations, steps, all, outInMemory);
      }),
      bench("kernel, nothing copied", () => {
        loaded?.unpackPanel(body, simulations, steps, 0, steps, outInMemory.byteOffset, tail);
      }),
    );
  });

  test("pack", async ({ bench }) => {
    await bench.compare(
      bench("plain code", () => {
        plain.pack(words, simulations, steps, packed);
      }),
      bench("kernel, copied in and out", () => {
        kernel.pack(words, simulations, steps, packed);
      }),
    );
  });
});

// One call is one tile of 1,156,000 bytes with all its hashes: 1,000 calls a second are 1.156 GB/s.
describe.each(Object.entries(tiles))("tile 1000 x 289, prices of %s", (_name, values) => {
  const frames = new Map(modes.map((mode) => [mode, codec.encode(values, shape, { mode }).bytes]));
  const frameOf = (mode: TileMode): Uint8Array => frames.get(mode) ?? new Uint8Array(0);

  test("encode", async ({ bench }) => {
    await bench.compare(
      ...[...modes, "auto" as const].map((mode) => bench(mode, encode(codec, values, mode))),
      bench("pack, plain code", encode(plainCodec, values, "pack")),
      bench("decimal, plain code", encode(plainCodec, values, "decimal")),
    );
  });

  test("decode", async ({ bench }) => {
    const out = new Float32Array(values.length);
    await bench.compare(
      ...modes.map((mode) => bench(mode, decode(codec, frameOf(mode), out))),
      bench("pack, into the kernel's memory", decode(sharingCodec, frameOf("pack"), inMemory)),
      bench("pack, plain code", decode(plainCodec, frameOf("pack"), out)),
      bench("decimal, plain code", decode(plainCodec, frameOf("decimal"), out)),
    );
  });
});

function encode(with_: TileCodec, values: Float32Array, mode: TileMode | "auto"): () => void {
  return () => {
    with_.encode(values, shape, { mode });
  };
}

function decode(with_: TileCodec, frame: Uint8Array, target: Float32Array): () => void {
  return () => {
    with_.decode(frame, target);
  };
}

// The hash of every byte that is read is part of every decode above.
test("hash of a packed panel", async ({ bench }) => {
  const checksum = await loadChecksum();
  const bytes = codec.encode(tile, shape, { mode: "pack", panels: { first: 1, count: 1 } }).bytes;
  const kernel = loadHashKernel(memory);
  const address = memory.allocate(bytes.length);
  memory.bytes.set(bytes, address);
  await bench.compare(
    bench("XXH3-128", () => {
      checksum.hash128(bytes);
    }),
    bench("kernel, in its memory", () => {
      kernel?.hash128(address, bytes.length);
    }),
  );
});
