import * as fc from "fast-check";
import { expect, test } from "vitest";

import { decimalValue } from "../../src/answer/decimal-value.ts";
import { encode } from "./answer-samples.ts";

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.nat({ max: 9 }), { minLength, maxLength }).map((list) => list.join(""));

const number = fc
  .tuple(
    fc.constantFrom("", "-"),
    digits(1, 20).map((text) => BigInt(text).toString()),
    fc.option(digits(1, 20), { nil: undefined }),
    fc.option(fc.integer({ min: -320, max: 320 }), { nil: undefined }),
  )
  .map(
    ([sign, whole, decimals, exponent]) =>
      sign + whole + (decimals ? `.${decimals}` : "") + (exponent ? `e${exponent}` : ""),
  );

test("reads every number as JSON.parse does", () => {
  fc.assert(
    fc.property(number, (text) => {
      const bytes = encode(`[${text}]`);
      expect(decimalValue(bytes, 1, bytes.length - 1)).toBe(JSON.parse(text));
    }),
    { numRuns: 3000 },
  );
});

test("reads the longest exact decimals and the first that are not", () => {
  for (const text of [
    "0.3",
    "99999999999999.9",
    "999999999999999",
    "9007199254740993",
    "0.1234567890123456",
  ]) {
    expect(decimalValue(encode(text), 0, text.length)).toBe(Number(text));
  }
});
