import { decodeZigzag, encodeZigzag } from "@foretile/codecs";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { codecErrorOf } from "./helpers/codec-error-of.ts";

test.each([
  [0, 0],
  [-1, 1],
  [1, 2],
  [-2, 3],
  [0x7fff_ffff, 0xffff_fffe],
  [-0x8000_0000, 0xffff_ffff],
])("%i folds to %i", (signed, folded) => {
  expect(encodeZigzag(signed)).toBe(folded);
  expect(decodeZigzag(folded)).toBe(signed);
});

test("any int32 comes back, and its folded form is 2|v| or 2|v| - 1", () => {
  fc.assert(
    fc.property(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), (signed) => {
      const folded = encodeZigzag(signed);
      expect(folded).toBe(signed < 0 ? -2 * signed - 1 : 2 * signed);
      expect(decodeZigzag(folded)).toBe(signed);
    }),
  );
});

test.each([0x8000_0000, -0x8000_0001, 0.5, Number.NaN])("%d is no int32", (value) => {
  expect(codecErrorOf(() => encodeZigzag(value))?.code).toBe("invalid-argument");
});

test.each([-1, 0x1_0000_0000, 0.5, Number.NaN])("%d is no uint32", (value) => {
  expect(codecErrorOf(() => decodeZigzag(value))?.code).toBe("invalid-argument");
});
