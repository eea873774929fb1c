import { createSeededRandom } from "@foretile/testkit";
import * as fc from "fast-check";
import type { Part } from "../../../src/segment/part.ts";

export const ELEMENT_SIZES = [1, 2, 4, 8] as const;

/** Bytes as a part. */
export function partOf(elementBytes: Part["elementBytes"], bytes: ArrayLike<number>): Part {
  return { bytes: Uint8Array.from(bytes), elementBytes };
}

/** Counts up from a start, so that every chain makes it smaller. */
export function rampPart(elementBytes: Part["elementBytes"], count: number, start = 250n): Part {
  const bytes = new Uint8Array(count * elementBytes);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < count; index += 1) {
    const element = start + BigInt(Math.floor(index / 4));
    for (let byte = 0; byte < elementBytes; byte += 1) {
      view.setUint8(index * elementBytes + byte, Number((element >> BigInt(8 * byte)) & 0xffn));
    }
  }
  return { bytes, elementBytes };
}

/** Bytes that nothing makes fewer. */
export function noise(length: number, seed = 1): Uint8Array {
  const random = createSeededRandom(seed);
  return Uint8Array.from({ length }, () => random.nextUint32() >>> 24);
}

/** Parts of every element size, of any bytes or of such that compress, also empty ones. */
export const anyPart: fc.Arbitrary<Part> = fc
  .record({
    elementBytes: fc.constantFrom(...ELEMENT_SIZES),
    count: fc.nat(70),
    isRamp: fc.boolean(),
    random: fc.uint8Array({ minLength: 560, maxLength: 560 }),
  })
  .map(({ elementBytes, count, isRamp, random }) =>
    isRamp
      ? rampPart(elementBytes, count)
      : partOf(elementBytes, random.subarray(0, count * elementBytes)),
  );

/** Every chain without `unsafe`, and deeper ones. */
export const CHAINS: readonly (readonly string[])[] = [
  [],
  ["lz4"],
  ["zstd"],
  ["shuffle", "lz4"],
  ["delta", "shuffle", "lz4"],
  ["xor", "shuffle", "zstd"],
  ["delta", "xor", "shuffle", "zstd"],
];

/** The same bytes at an odd address, inside a larger buffer of other bytes. */
export function misaligned(bytes: Uint8Array, byteOffset: number): Uint8Array {
  const surroundings = new Uint8Array(byteOffset + bytes.length + 5).fill(0xa5);
  surroundings.set(bytes, byteOffset);
  return surroundings.subarray(byteOffset, byteOffset + bytes.length);
}
