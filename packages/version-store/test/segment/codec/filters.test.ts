import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deltaFilter } from "../../../src/segment/codec/delta-filter.ts";
import { shuffleFilter } from "../../../src/segment/codec/shuffle-filter.ts";
import { xorFilter } from "../../../src/segment/codec/xor-filter.ts";
import { naiveFilters } from "../helpers/naive-filters.ts";
import { ELEMENT_SIZES, misaligned, partOf } from "../helpers/part-samples.ts";

const filters = [shuffleFilter, deltaFilter, xorFilter];

describe.each(filters)("$name", (filter) => {
  test.each(ELEMENT_SIZES)("is what the format says for elements of %i bytes", (elementBytes) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300, size: "max" }),
        fc.nat(7),
        (bytes, byteOffset) => {
          const length = bytes.length - (bytes.length % elementBytes);
          const part = partOf(elementBytes, bytes.subarray(0, length));
          const source = misaligned(part.bytes, byteOffset);
          const encoded = new Uint8Array(length).fill(0xa5);
          filter.encode(source, elementBytes, encoded);
          expect([...encoded]).toEqual(naiveFilters[filter.name]?.(part));
          expect(source).toEqual(part.bytes);
          const decoded = new Uint8Array(length).fill(0xa5);
          filter.decode(misaligned(encoded, byteOffset), elementBytes, decoded);
          expect(decoded).toEqual(part.bytes);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test("bits of floats come back, also those of NaN with a payload, minus zero and infinity", () => {
  const bits = [0x7fc0_0001, 0xffc1_2345, 0x8000_0000, 0x7f80_0000, 0, 1, 0xffff_ffff];
  const source = new Uint8Array(Uint32Array.from(bits).buffer);
  for (const filter of filters) {
    const encoded = new Uint8Array(source.length);
    const decoded = new Uint8Array(source.length);
    filter.encode(source, 4, encoded);
    filter.decode(encoded, 4, decoded);
    expect(decoded).toEqual(source);
  }
});
