import * as fc from "fast-check";
import { expect, test } from "vitest";

import { laneWords, packLanes, unpackLanes } from "../../src/tile/bit-lanes.ts";

/** Lane `lane` as one long number, lowest row lowest. */
function laneNumber(words: Int32Array, lane: number): bigint {
  let number = 0n;
  for (let at = words.length - 4 + lane; at >= 0; at -= 4) {
    number = number * 2n ** 32n + BigInt((words[at] ?? 0) >>> 0);
  }
  return number;
}

test("every width and every count packs to the lanes that the format describes, and back", () => {
  const steps = fc.record({
    width: fc.integer({ min: 1, max: 32 }),
    simulations: fc.integer({ min: 1, max: 140 }),
    base: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
    seeds: fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 20 }),
  });
  fc.assert(
    fc.property(steps, ({ width, simulations, base, seeds }) => {
      const payloads = Array.from(
        { length: simulations },
        (_, index) => (seeds[index % seeds.length] ?? 0) % 2 ** width,
      );
      const values = new Int32Array(4 * Math.ceil(simulations / 4)).fill(base);
      for (const [index, payload] of payloads.entries()) values[index] = payload + base;

      const at = 4;
      const words = new Int32Array(at + laneWords(simulations, width) + 4).fill(0x5a5a_5a5a);
      packLanes(values, simulations, base, width, words, at);
      const packed = words.subarray(at, words.length - 4);
      for (let lane = 0; lane < 4; lane += 1) {
        const expected = payloads
          .filter((_, index) => index % 4 === lane)
          .reduce((sum, payload, row) => sum + BigInt(payload) * 2n ** BigInt(row * width), 0n);
        expect(laneNumber(packed, lane)).toBe(expected);
      }
      expect([...words.subarray(0, at), ...words.subarray(-4)]).toEqual(Array(8).fill(0x5a5a_5a5a));

      const previous = Int32Array.from({ length: simulations + 1 }, (_, index) => index * 77_777);
      const out = new Int32Array(simulations + 4).fill(9);
      unpackLanes(packed, 0, width, base, simulations, previous, 1, out, 2);
      const expected = payloads.map((payload, i) => (payload + base + (previous[i + 1] ?? 0)) | 0);
      expect([...out]).toEqual([9, 9, ...expected, 9, 9]);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [1, 0, 0],
  [1, 1, 4],
  [4, 32, 4],
  [5, 32, 8],
  [128, 1, 4],
  [129, 1, 8],
  [1000, 18, 4 * 141],
])("%i values of %i bits take %i words", (simulations, width, words) => {
  expect(laneWords(simulations, width)).toBe(words);
});
