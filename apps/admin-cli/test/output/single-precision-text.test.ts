import { expect, test } from "vitest";

import { singlePrecisionText } from "../../src/output/single-precision-text.ts";

test.each([
  [16_000.1, "16000.1"],
  [0.1, "0.1"],
  [123_456.78, "123456.78"],
  [3, "3"],
  [16_777_216, "16777216"],
  [-2.5, "-2.5"],
  [1.401298464324817e-45, "1.4013e-45"],
  [3.4028234663852886e38, "3.4028235e+38"],
])("%d as float32 is %s", (value, text) => {
  expect(singlePrecisionText(Math.fround(value))).toBe(text);
});

test("every text reads back as the same float32", () => {
  // A walk through all exponents and, by an odd stride, all kinds of mantissas; NaN and infinity are no prices.
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer, bits.byteOffset, 1);
  let wrong = 0;
  for (let pattern = 1; pattern < 0x7f800000; pattern += 104_729) {
    bits[0] = pattern;
    const [exact = 0] = value;
    if (Math.fround(Number(singlePrecisionText(exact))) !== exact) wrong += 1;
  }
  expect(wrong).toBe(0);
});
