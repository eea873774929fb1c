import * as fc from "fast-check";
import { expect, test } from "vitest";

import { floatPriceFault, integerPriceFault } from "../../src/answer/price-rules.ts";
import { slowPythonText } from "./slow-judge.ts";

const nearShortDecimal = fc
  .tuple(
    fc.integer({ min: 1, max: 999_999_999 }),
    fc.integer({ min: -12, max: 3 }),
    fc.integer({ min: -2, max: 2 }),
  )
  .map(([mantissa, exponent, ulps]) => {
    const bits = new BigInt64Array(new Float64Array([Number(`${mantissa}e${exponent}`)]).buffer);
    const [value = 0n] = bits;
    bits[0] = value + BigInt(ulps);
    return new Float64Array(bits.buffer)[0] ?? 0;
  });

test("a positive float passes exactly when its Python text is short, shortcut or not", () => {
  fc.assert(
    fc.property(
      fc.oneof(nearShortDecimal, fc.double({ min: 1e-30, max: 1e30, noNaN: true })),
      (value) => {
        const characters = slowPythonText(value).replace(".", "").length;
        expect(floatPriceFault(value)?.reason).toBe(
          characters > 8 ? "price_too_many_digits" : undefined,
        );
      },
    ),
    { numRuns: 5000 },
  );
});

test("the shortcut holds at its edges", () => {
  for (const value of [1e-4, 0.0009999, 9.9999999, 10, 9_999_999.9, 1_000_000, 0.1, 9_999_999]) {
    expect(floatPriceFault(value)).toBeUndefined();
  }
  for (const value of [10_000_000, 9_999_999.95, 0.000_123_45, 0.1 + 0.2, 123_456.789]) {
    expect(floatPriceFault(value)?.reason).toBe("price_too_many_digits");
  }
});

test("an integer is judged by its digits and its sign", () => {
  expect(integerPriceFault(12_345_678, 8)).toBeUndefined();
  expect(integerPriceFault(123_456_789, 9)?.reason).toBe("price_too_many_digits");
  expect(integerPriceFault(-12_345_678, 9)?.reason).toBe("price_too_many_digits");
  expect(integerPriceFault(-1, 2)?.reason).toBe("price_not_positive");
  expect(integerPriceFault(0, 1)?.reason).toBe("price_not_positive");
});
