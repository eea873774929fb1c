import { createTileCodec, loadChecksum, type PanelSteps } from "@foretile/codecs";
import { KernelMemory } from "@foretile/kernels";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decimalsToFloats, FLOAT_BITS, floatsToDecimals } from "../../src/tile/decimal-lattice.ts";
import { mostPackedBytes } from "../../src/tile/packed-layout.ts";
import { PanelKernel } from "../../src/tile/panel-kernel.ts";
import { PanelPacker } from "../../src/tile/panel-packer.ts";
import { bitsOf, specialBits } from "../helpers/float-bits.ts";
import { misaligned } from "../helpers/misaligned.ts";
import { pricePaths } from "../helpers/price-paths.ts";

const plain = new PanelPacker();

function kernelOf(memory?: KernelMemory): PanelKernel {
  const kernel = PanelKernel.create(memory);
  if (kernel === undefined) throw new Error("no kernel here");
  return kernel;
}

/** Steps whose differences need every width, in random order of sizes: `steps * simulations` words. */
const panels = fc
  .record({
    simulations: fc.oneof(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(31, 32, 33, 127, 128, 129, 130, 255, 256, 257, 1000),
    ),
    widths: fc.array(fc.integer({ min: 0, max: 32 }), { minLength: 1, maxLength: 40 }),
    seed: fc.integer(),
    specials: fc.array(fc.constantFrom(...specialBits), { maxLength: 3 }),
  })
  .map(({ simulations, widths, seed, specials }) => {
    const steps = widths.length;
    const words = new Int32Array(simulations * steps);
    let state = seed >>> 0;
    const next = (): number => {
      state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
      // The low bits of such a generator have short periods.
      return state ^ (state >>> 15);
    };
    for (const [step, width] of widths.entries()) {
      const base = next();
      for (let index = 0; index < simulations; index += 1) {
        const at = step * simulations + index;
        const payload = width === 0 ? 0 : next() >>> (32 - width);
        words[at] = (step === 0 ? 0 : (words[at - simulations] ?? 0)) + base + payload;
      }
    }
    for (const bits of specials) words[(next() >>> 0) % words.length] = bits;
    return { simulations, steps, words };
  });

function allSteps(steps: number): PanelSteps {
  return { from: 0, to: steps };
}

function encodePlainly(words: Int32Array, simulations: number, steps: number): Uint8Array {
  const target = new Uint8Array(mostPackedBytes(simulations, steps));
  return target.subarray(0, plain.pack(words, simulations, steps, target));
}

describe("the kernel and its plain twin", () => {
  const kernel = kernelOf();

  test("write the same bytes for any words", () => {
    fc.assert(
      fc.property(panels, ({ simulations, steps, words }) => {
        const before = words.slice();
        const packed = kernel.pack(words, simulations, steps);
        expect(packed).toEqual(encodePlainly(words, simulations, steps));
        expect(words).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });

  test("read the same words from any address, and touch nothing else", () => {
    fc.assert(
      fc.property(panels, fc.nat(5), ({ simulations, steps, words }, offset) => {
        const packed = misaligned(encodePlainly(words, simulations, steps), offset);
        const surroundings = new Int32Array(words.length + 2 * offset).fill(0x5a5a_5a5a);
        const out = surroundings.subarray(offset, offset + words.length);
        const wanted = allSteps(steps);
        expect(kernel.unpack(packed, FLOAT_BITS, simulations, steps, wanted, out)).toBe(true);
        expect(out).toEqual(words);
        const rest = [
          ...surroundings.subarray(0, offset),
          ...surroundings.subarray(offset + words.length),
        ];
        expect(rest.every((word) => word === 0x5a5a_5a5a)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test("read the same of some steps as of all, and touch nothing else", () => {
    fc.assert(
      fc.property(panels, fc.nat(), fc.nat(), fc.nat(5), (panel, first, count, offset) => {
        const { simulations, steps, words } = panel;
        const from = first % steps;
        const to = from + 1 + (count % (steps - from));
        const packed = misaligned(encodePlainly(words, simulations, steps), offset);
        const some = words.slice(from * simulations, to * simulations);
        for (const packer of [plain, new PanelPacker(kernel)]) {
          const surroundings = new Int32Array(some.length + 2 * offset).fill(0x5a5a_5a5a);
          const wanted = surroundings.slice();
          wanted.set(some, offset);
          const out = surroundings.subarray(offset, offset + some.length);
          packer.unpack(packed, FLOAT_BITS, simulations, steps, { from, to }, out);
          expect(surroundings).toEqual(wanted);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("agree on panels of every width, one step each", () => {
    for (const simulations of [1, 5, 128, 131, 1000]) {
      for (let width = 0; width <= 32; width += 1) {
        const words = Int32Array.from({ length: simulations }, (_, index) =>
          width === 0 ? 7 : (index % 3 === 0 ? -1 : Math.imul(index, 0x9e37_79b1)) >>> (32 - width),
        );
        const packed = kernel.pack(words, simulations, 1)?.slice();
        expect(packed).toEqual(encodePlainly(words, simulations, 1));
        const out = new Int32Array(simulations);
        kernel.unpack(packed ?? new Uint8Array(0), FLOAT_BITS, simulations, 1, allSteps(1), out);
        expect(out).toEqual(words);
      }
    }
  });
});

describe("the hash in the kernel", () => {
  test("is that of everyone else, of any number of bytes at any address", async () => {
    const checksum = await loadChecksum();
    const memory = new KernelMemory(2 ** 20);
    const kernel = kernelOf(memory);
    const room = memory.bytes.subarray(memory.allocate(70_000)).subarray(0, 70_000);
    for (const index of room.keys()) room[index] = Math.imul(index, 0x9e37_79b1) >>> 17;
    expect(kernel.hash128(room)).toBeUndefined();
    kernel.bring(room, 1, 1);
    for (let length = 0; length <= 17; length += 1) {
      expect(kernel.hash128(room.subarray(0, length)) === undefined).toBe(length < 17);
    }
    for (let length = 17; length < 2_200; length += 1) {
      const bytes = room.subarray(length % 7, (length % 7) + length);
      expect(kernel.hash128(bytes), `${length}`).toEqual(checksum.hash128(bytes));
    }
    for (const length of [4_096, 4_097, 65_535, 65_536, 69_993]) {
      const bytes = room.subarray(7, 7 + length);
      expect(kernel.hash128(bytes), `${length}`).toEqual(checksum.hash128(bytes));
    }
  });

  test("is of what was brought there, and of nothing elsewhere", async () => {
    const checksum = await loadChecksum();
    const kernel = kernelOf();
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index * 7);
    const brought = kernel.bring(bytes, 100, 3);
    expect(brought).toEqual(bytes);
    expect(kernel.hash128(brought)).toEqual(checksum.hash128(bytes));
    expect(kernel.hash128(bytes)).toBeUndefined();
    expect(kernel.bring(brought, 100, 3)).toBe(brought);
    const tooMany = new Uint8Array(10_000);
    expect(kernel.bring(tooMany, 100, 3)).toBe(tooMany);
  });
});

describe("the decimal lattice", () => {
  const kernel = kernelOf();

  /** Prices with some decimals, of which one may be spoilt. */
  const priced = fc
    .record({
      simulations: fc.constantFrom(1, 2, 3, 5, 128, 131),
      steps: fc.integer({ min: 1, max: 5 }),
      decimals: fc.integer({ min: 0, max: 9 }),
      start: fc.constantFrom(0, 0.5, 2.1843, 99.99, 3512.47, 104_856.23, -17.3, 2 ** 31, 3e38),
      seed: fc.integer(),
      spoilt: fc.option(
        fc.tuple(
          fc.nat(),
          fc.oneof(fc.constantFrom(...specialBits), fc.integer({ min: 0, max: 0xffff_ffff })),
        ),
      ),
    })
    .map(({ simulations, steps, decimals, start, seed, spoilt }) => {
      let state = seed >>> 0;
      const prices = Float32Array.from({ length: simulations * steps }, () => {
        state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
        return Number((start + (state >>> 22) / 10 ** decimals).toFixed(decimals));
      });
      const words = new Int32Array(prices.buffer, 0, prices.length);
      if (spoilt !== null) words[spoilt[0] % words.length] = spoilt[1];
      return { simulations, steps, words };
    });

  test("is chosen and packed alike, and comes back bit for bit, by either twin", () => {
    const lattices = new Set<number>();
    fc.assert(
      fc.property(priced, ({ simulations, steps, words }) => {
        const target = new Uint8Array(mostPackedBytes(simulations, steps));
        const { lattice, byteLength } = plain.packLattice(words, simulations, steps, target);
        const packed = target.subarray(0, byteLength);
        expect(kernel.packLattice(words, simulations, steps)).toEqual({ lattice, packed });
        const [first, second] = [new Int32Array(words.length), new Int32Array(words.length)];
        plain.unpack(packed, lattice, simulations, steps, allSteps(steps), first);
        kernel.unpack(packed, lattice, simulations, steps, allSteps(steps), second);
        expect(first).toEqual(words);
        expect(second).toEqual(words);
        lattices.add(lattice);
      }),
      { numRuns: 1_000 },
    );
    expect(lattices.size).toBeGreaterThan(5);
  });

  test.each([0, 2, 9])("of %i decimals gives both twins the same floats of any integers", (d) => {
    const integers = fc.array(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(integers, (values) => {
        const words = Int32Array.from(values);
        const out = new Int32Array(words.length);
        kernel.unpack(encodePlainly(words, words.length, 1), d, words.length, 1, allSteps(1), out);
        decimalsToFloats(words, d);
        expect(out).toEqual(words);
      }),
    );
  });

  test("refuses what an integer cannot stand for", () => {
    const bits = [...specialBits.filter((word) => word !== 0), 0x4f00_0000, 0x2b00_0000];
    for (const word of bits) {
      expect(floatsToDecimals(Int32Array.of(word), 9, new Int32Array(1)), `${word}`).toBe(false);
    }
    const out = new Int32Array(3);
    expect(
      floatsToDecimals(new Int32Array(Float32Array.of(0.1, 0, -2.5).buffer, 0, 3), 1, out),
    ).toBe(true);
    expect([...out]).toEqual([1, 0, -25]);
  });
});

describe("memory that is shared", () => {
  test("is decoded into and encoded from in place, and nothing beside the values changes", async () => {
    const memory = new KernelMemory(2 ** 20);
    const codec = await createTileCodec({ memory });
    for (const simulations of [1, 3, 100, 129, 300]) {
      const shape = { simulations, steps: 70 };
      const tile = pricePaths({ ...shape, seed: simulations });
      const { bytes } = codec.encode(tile, shape, { mode: "pack" });
      const around = memory.float32(tile.length + 8).fill(7);
      const inside = around.subarray(4, 4 + tile.length);
      // Panels in another order than they lie: none may spill into the next.
      const header = codec.readHeader(bytes);
      for (const [index, { offset, byteLength }] of [...header.entries.entries()].toReversed()) {
        const panel = bytes.subarray(offset, offset + byteLength);
        codec.decodePanel(header, index, panel, inside, index * 32 * simulations);
      }
      expect(bitsOf(inside)).toEqual(bitsOf(tile));
      expect([...around.subarray(0, 4), ...around.subarray(-4)]).toEqual(Array(8).fill(7));
      expect(codec.encode(inside, shape, { mode: "pack" }).bytes).toEqual(bytes);
      expect(codec.decode(bytes, inside).values.buffer).toBe(memory.memory.buffer);
    }
  });

  test("that is full is done without", async () => {
    const memory = new KernelMemory(64);
    const kernel = kernelOf(memory);
    expect(kernel.pack(new Int32Array(300), 100, 3)).toBeUndefined();
    const [packed, out] = [new Uint8Array(15), new Int32Array(300)];
    expect(kernel.unpack(packed, FLOAT_BITS, 100, 3, allSteps(3), out)).toBe(false);
    expect(kernel.bring(packed, 100, 3)).toBe(packed);
    expect(kernel.hash128(new Uint8Array(100))).toBeUndefined();
    const codec = await createTileCodec({ memory });
    const shape = { simulations: 100, steps: 3 };
    const tile = pricePaths({ ...shape, seed: 1 });
    expect(bitsOf(codec.decode(codec.encode(tile, shape, { mode: "pack" }).bytes).values)).toEqual(
      bitsOf(tile),
    );
  });

  test("is not asked for panels of more than 2^22 values", () => {
    const kernel = kernelOf(new KernelMemory(64));
    expect(kernel.pack(new Int32Array(0), 2 ** 21, 3)).toBeUndefined();
  });
});
