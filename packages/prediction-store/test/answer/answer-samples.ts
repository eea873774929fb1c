import * as fc from "fast-check";

import type { ForecastRequest } from "../../src/request/forecast-request.ts";

/** A request of 2 paths of 3 points at 1767225600. */
export const smallRequest: ForecastRequest = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 1_767_225_600,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 600,
  simulations: 2,
};

const encoder = new TextEncoder();

export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of an answer to {@link smallRequest} whose second path's second point is `token`. */
export function answerWithPrice(token: string): string {
  return `[1767225600,300,[1.5,2,3.25],[1.5,${token},3]]`;
}

/** A positive double whose plain decimal text has at most 8 digits. */
export const goodPrice: fc.Arbitrary<number> = fc
  .tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: 1, max: 6 }))
  .map(([mantissa, decimals]) => mantissa / 10 ** decimals);

const digits = (max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max })
    .map((list) => list.join(""));

/** Number tokens of all makes, good and bad, well formed and not. */
export const priceToken: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: goodPrice.map(String) },
  { weight: 4, arbitrary: fc.tuple(digits(5), digits(5)).map(([a, b]) => `${Number(a)}.${b}`) },
  { weight: 2, arbitrary: fc.tuple(digits(12), digits(20)).map(([a, b]) => `${BigInt(a)}.${b}`) },
  { weight: 2, arbitrary: digits(10).map((text) => BigInt(text).toString()) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(digits(9), digits(3), fc.integer({ min: -330, max: 320 }), fc.constantFrom("e", "E"))
      .map(([a, b, exponent, mark]) => `${BigInt(a)}.${b}${mark}${exponent}`),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: -9, max: 20 }))
      .map(([a, exponent]) => `${a}e${exponent < 0 ? "" : "+"}${exponent}`),
  },
  { weight: 1, arbitrary: fc.double().map((value) => String(value)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "0",
      "0.0",
      "-0",
      "-0.0",
      "-1.5",
      "-12345678",
      "NaN",
      "Infinity",
      "-Infinity",
      "1e-307",
      "1e90",
      "1e400",
      "1e-400",
      "3.5e38",
      "1e-45",
      "1e-46",
      "true",
      "false",
      "null",
      '"1"',
      '"]"',
      '"\\""',
      "[1]",
      "[]",
      "{}",
      '{"a":[1,{}]}',
      "01",
      "00.5",
      "1.",
      ".5",
      "+1",
      "1e",
      "1e+",
      "--1",
      "-",
      "nan",
      "inf",
      "tru",
      "",
      "1.5.2",
      "1 2",
    ),
  },
);
