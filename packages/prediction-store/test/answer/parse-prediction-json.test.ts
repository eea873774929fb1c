import * as fc from "fast-check";
import { startTimeToUnixSeconds } from "@foretile/keyspace";
import { describe, expect, test } from "vitest";

import { parsePredictionJson } from "../../src/answer/parse-prediction-json.ts";
import { maxPredictionBytes } from "../../src/answer/refused-unread.ts";
import {
  directCases,
  float32Values,
  priceTokens,
  priceTokensOnWire,
  startTokensOnWire,
} from "../fixtures/answer/synth-validation.ts";
import { SYNTH_LOW } from "../../src/label/synth-labels.ts";
import { answerWithPrice, encode, goodPrice, smallRequest } from "./answer-samples.ts";
import { slowPythonText } from "./slow-judge.ts";

function judge(text: string, request = smallRequest): string {
  const outcome = parsePredictionJson(encode(text), request, 1);
  return outcome.status === "valid" ? "valid" : outcome.reason;
}

describe("upstream's verdicts", () => {
  test.each(directCases)("$id gives $reason", (example) => {
    const request = {
      label: "low",
      asset: "BTC",
      startUnixSeconds: startTimeToUnixSeconds(example.startTime),
      timeIncrementSeconds: example.increment,
      timeLengthSeconds: example.length,
      simulations: example.simulations,
    };
    const outcome = parsePredictionJson(encode(example.response), request, example.processTime);
    const verdict = outcome.status === "valid" ? "accepted" : outcome.reason;
    expect(verdict).toBe(example.reason);
  });

  // Where upstream lets a harmful price pass, the added rule refuses it.
  const added: Readonly<Record<string, string>> = {
    "-1.5": "price_not_positive",
    "1e90": "price_out_of_range",
    "1e-307": "price_out_of_range",
    NaN: "price_not_finite",
    "-Infinity": "price_not_finite",
    '"1"': "price_not_a_number",
  };

  test.each(priceTokens)("price %s", (token, _text, _characters, accepted) => {
    const expected = accepted ? (added[token] ?? "valid") : "price_too_many_digits";
    expect(judge(answerWithPrice(token))).toBe(expected);
  });

  test.each(priceTokensOnWire)("price %s on the wire", (token, accepted) => {
    const expected = accepted ? (added[token] ?? "valid") : "price_not_a_number";
    expect(judge(answerWithPrice(token))).toBe(expected);
  });

  test.each(startTokensOnWire)("start time %s on the wire", (token, accepted) => {
    expect(judge(`[${token},300,[1,2,3],[4,5,6]]`)).toBe(accepted ? "valid" : "start_time_not_int");
  });

  test.each(float32Values)("%f as float32", (value, hex, back) => {
    // 8 digits at most, without the ".0" of Python's whole floats.
    const outcome = parsePredictionJson(encode(answerWithPrice(String(value))), smallRequest, 1);
    const tile = outcome.status === "valid" ? outcome.tile : new Float32Array(0);
    expect(tile[3]).toBe(back);
    expect(Buffer.from(tile.buffer, 12, 4).toString("hex")).toBe(hex);
  });
});

test("fills the tile step-major", () => {
  const outcome = parsePredictionJson(
    encode("[1767225600,300,[1,2,3],[10.5,20.5,30.5]]"),
    smallRequest,
    1,
  );
  expect(outcome).toEqual({
    status: "valid",
    tile: Float32Array.of(1, 10.5, 2, 20.5, 3, 30.5),
    decimals: 1,
  });
});

test("reads a view that starts inside its buffer", () => {
  const text = `garbage ${answerWithPrice("2.5")} garbage`;
  const outcome = parsePredictionJson(encode(text).subarray(8, -8), smallRequest, 1);
  expect(outcome.status).toBe("valid");
});

test("accepts JSON's whitespace everywhere", () => {
  const spaced = answerWithPrice("2.5").replaceAll(/[[\],]/g, " \t\r\n$& \t\r\n");
  expect(judge(spaced)).toBe("valid");
  expect(judge(answerWithPrice("2\u00a0"))).toBe("malformed");
});

describe("the first rule broken decides, in the order of the rules", () => {
  test.each([
    ["", "malformed"],
    ["   ", "malformed"],
    ["[", "malformed"],
    ["null", "empty"],
    ["nul", "malformed"],
    ["[]", "empty"],
    ["{}", "not_a_sequence"],
    ["true", "not_a_sequence"],
    ["17", "not_a_sequence"],
    ["NaN", "not_a_sequence"],
    ["[1767225600]", "increment_not_int"],
    ["[5]", "increment_not_int"],
    ["[true,300,[1,2,3],[1,2,3]]", "start_time_not_int"],
    ["[null,300,[1,2,3],[1,2,3]]", "start_time_not_int"],
    ["[[1],300,[1,2,3],[1,2,3]]", "start_time_not_int"],
    ['["1767225600.0",300,[1,2,3],[1,2,3]]', "start_time_not_int"],
    ['["17672256000000000000",300,[1,2,3],[1,2,3]]', "start_time_not_int"],
    ["[1767225600.0,300,[1,2,3],[1,2,3]]", "start_time_not_int"],
    ["[1767225600e0,300,[1,2,3],[1,2,3]]", "start_time_not_int"],
    ["[NaN,300,[1,2,3],[1,2,3]]", "start_time_not_int"],
    ["[1767225601,true,[1,2,3],[1,2,3]]", "increment_not_int"],
    ["[1767225600,300.0,[1,2,3],[1,2,3]]", "increment_not_int"],
    ['["1767225600","300",[1,2,3],[1,2,3]]', "valid"],
    ["[-1767225600,300,[1,2,3],[1,2,3]]", "start_time_mismatch"],
    ["[17672256000000000000000000,300,[1,2,3],[1,2,3]]", "start_time_mismatch"],
    ["[1767225601,301,[1,2,3],[1,2,3]]", "start_time_mismatch"],
    ["[1767225600,301,[1,2,3]]", "increment_mismatch"],
    ["[1767225600,300]", "path_count"],
    ["[1767225600,300,[true,2,3]]", "path_count"],
    ["[1767225600,300,[1,2,3],[1,2,3],[1,2,3]]", "path_count"],
    ["[1767225600,300,[1,2,3],7]", "path_not_a_sequence"],
    ['[1767225600,300,[1,2,3],"123"]', "path_not_a_sequence"],
    ["[1767225600,300,{},[true]]", "path_not_a_sequence"],
    ["[1767225600,300,[],[1,2,3]]", "point_count"],
    ["[1767225600,300,[true,2],[1,2,3]]", "point_count"],
    ["[1767225600,300,[1,2,3,4],[1,2,3]]", "point_count"],
    ["[1767225600,300,[1,2,3],[1,2,3,true]]", "point_count"],
    ["[1767225600,300,[1,-2,3],[1,2]]", "price_not_positive"],
    ["[1767225600,300,[1,true,-3],[1,2,3]]", "price_not_a_number"],
    ["[1767225600,300,[1,-2,3],[1,2,x]]", "malformed"],
    ["[1767225600,300,[1,2,3],[1,2,3]]]", "malformed"],
    ["[1767225600,300,[1,2,3],[1,2,3]] 1", "malformed"],
    ["[1767225600,300,[1,2,3],[1,2,3],]", "malformed"],
    ["[1767225600,300,[1,2,3],[1,2,3,]]", "malformed"],
    ["[1767225600,300,[1,2,3][1,2,3]]", "malformed"],
    ["\ufeff[1767225600,300,[1,2,3],[1,2,3]]", "malformed"],
  ])("%s gives %s", (text, expected) => {
    expect(judge(text)).toBe(expected);
  });

  test("an answer out of time is refused whatever it holds", () => {
    const outcome = parsePredictionJson(encode("garbage"), smallRequest, undefined);
    expect(outcome).toMatchObject({ status: "invalid", reason: "no_process_time" });
  });

  test("an answer of more bytes than any can need is refused unread", () => {
    const limit = maxPredictionBytes(smallRequest);
    const text = answerWithPrice("2");
    expect(judge(text.padEnd(limit))).toBe("valid");
    expect(judge(text.padEnd(limit + 1))).toBe("too_large");
  });
});

describe("prices", () => {
  test.each([
    ["0", "price_not_positive"],
    ["0.0", "price_not_positive"],
    ["0.0000000", "price_not_positive"],
    ["0.000000000000", "price_not_positive"],
    ["-0.0", "price_not_positive"],
    ["-1", "price_not_positive"],
    ["NaN", "price_not_finite"],
    ["Infinity", "price_not_finite"],
    ["-Infinity", "price_not_finite"],
    ["1e400", "price_not_finite"],
    ["1e-400", "price_not_positive"],
    ["1e-307", "price_out_of_range"],
    ["1e-46", "price_out_of_range"],
    ["1e-45", "valid"],
    ["3.5e38", "price_out_of_range"],
    ["3.4e38", "valid"],
    ["123456789", "price_too_many_digits"],
    ["12345678", "valid"],
    ["1234.56789", "price_too_many_digits"],
    ["1234.56780000", "valid"],
    ["1234567.000", "valid"],
    ["12345678.0", "price_too_many_digits"],
    ["0.00001", "valid"],
    ["0.0000123", "valid"],
    ["0.00012345", "price_too_many_digits"],
    ["0.00001234", "valid"],
    ["0.000012345", "price_too_many_digits"],
    ["1e16", "valid"],
    ["1E5", "valid"],
    ["12.5e-1", "valid"],
    ["1e7", "price_too_many_digits"],
    ['"1"', "price_not_a_number"],
    ["true", "price_not_a_number"],
    ["null", "price_not_a_number"],
    ["{}", "price_not_a_number"],
    ["[1]", "price_not_a_number"],
    ["01", "malformed"],
    ["00", "malformed"],
    ["1.", "malformed"],
    [".5", "malformed"],
    ["+1", "malformed"],
    ["1e", "malformed"],
    ["1x", "malformed"],
    ["nan", "malformed"],
    ["Infinite", "malformed"],
    ["0x10", "malformed"],
    ["'1'", "malformed"],
  ])("%s gives %s", (token, expected) => {
    expect(judge(answerWithPrice(token))).toBe(expected);
  });

  test("a bad price is named by path and point", () => {
    const outcome = parsePredictionJson(encode(answerWithPrice("-7")), smallRequest, 1);
    expect(outcome).toMatchObject({ message: "price is not positive price=-7 path=1 point=1" });
  });

  const pathsOfGoodPrices = fc.array(fc.array(goodPrice, { minLength: 3, maxLength: 3 }), {
    minLength: 2,
    maxLength: 2,
  });

  test.each([
    ["JSON.stringify", (prices: number[][]) => JSON.stringify([1_767_225_600, 300, ...prices])],
    [
      "json.dumps",
      (prices: number[][]) =>
        `[1767225600, 300, ${prices.map((path) => `[${path.map(slowPythonText).join(", ")}]`).join(", ")}]`,
    ],
  ])("all that %s prints of good prices is read bit for bit", (_printer, print) => {
    fc.assert(
      fc.property(pathsOfGoodPrices, (prices) => {
        const text = print(prices);
        const outcome = parsePredictionJson(encode(text), smallRequest, 1);
        const [first = [], second = []] = prices;
        const expected = first.flatMap((price, step) => [price, second[step] ?? 0]);
        const tile = Float32Array.from(expected);
        expect(outcome).toEqual({ status: "valid", tile, ...decimalsOf(text) });
      }),
    );
  });
});

test("reads an answer of full size", () => {
  const request = { ...SYNTH_LOW, asset: "BTC", startUnixSeconds: 1_767_225_600 };
  const paths = Array.from({ length: 1000 }, (_path, path) =>
    Array.from(
      { length: 289 },
      (_point, point) => ((path * 7919 + point * 104_729) % 9_999_999) / 100 + 0.01,
    ),
  ).map((path) => path.map((price) => Number(price.toFixed(2))));
  const text = JSON.stringify([1_767_225_600, 300, ...paths]);
  const outcome = parsePredictionJson(encode(text), request, 1);
  const expected = new Float32Array(1000 * 289);
  for (const [path, points] of paths.entries()) {
    for (const [point, price] of points.entries()) expected[point * 1000 + path] = price;
  }
  expect(
    outcome.status === "valid" &&
      Buffer.from(outcome.tile.buffer).equals(Buffer.from(expected.buffer)),
  ).toBe(true);
});

test("no answer makes a long message", () => {
  const long = "9".repeat(3000);
  for (const text of [
    answerWithPrice(long),
    answerWithPrice(`"${long}"`),
    `[${long},300,[1,2,3],[1,2,3]]`,
    `["${long}",300,[1,2,3],[1,2,3]]`,
    `[1767225600,-${long},[1,2,3],[1,2,3]]`,
    long,
    `"${long}"`,
    `{"${long}":1}`,
    `[1767225600,300,[${"1,".repeat(1500)}1],[1,2,3]]`,
  ]) {
    const outcome = parsePredictionJson(encode(text), smallRequest, 1);
    expect(outcome.status).toBe("invalid");
    expect(outcome.status === "invalid" && outcome.message.length).toBeLessThan(300);
  }
});

/** Most digits behind the points of an answer's prices; nothing when one of them has an exponent. */
function decimalsOf(text: string): { readonly decimals?: number } {
  const tokens = text.split(/[[\],\s]+/).slice(3);
  if (tokens.some((token) => token.includes("e"))) return {};
  return { decimals: Math.max(...tokens.map((token) => token.split(".")[1]?.length ?? 0)) };
}
