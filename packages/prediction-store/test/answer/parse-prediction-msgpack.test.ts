import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parsePredictionJson } from "../../src/answer/parse-prediction-json.ts";
import { parsePredictionMsgpack } from "../../src/answer/parse-prediction-msgpack.ts";
import { encode, goodPrice, smallRequest } from "./answer-samples.ts";
import { array, float32, float64, integer, join, nil, text, uint32 } from "./encode-msgpack.ts";

const start = uint32(1_767_225_600);
const increment = integer(300n, 0xcd);
const goodPath = array(float64(1.5), float64(2), float64(3.25));

function judge(bytes: Uint8Array): string {
  const outcome = parsePredictionMsgpack(bytes, smallRequest, 1);
  return outcome.status === "valid" ? "valid" : outcome.reason;
}

function judgePrice(price: Uint8Array): string {
  return judge(array(start, increment, goodPath, array(float64(1), price, float64(3))));
}

test("fills the tile step-major", () => {
  const second = array(float64(10.5), integer(20n, 0xcc), float32(30.5));
  const outcome = parsePredictionMsgpack(
    array(start, increment, goodPath, second),
    smallRequest,
    1,
  );
  expect(outcome).toEqual({ status: "valid", tile: Float32Array.of(1.5, 10.5, 2, 20, 3.25, 30.5) });
});

test("one byte per point is enough", () => {
  const path = array(Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3));
  const outcome = parsePredictionMsgpack(array(start, increment, path, path), smallRequest, 1);
  expect(outcome).toEqual({ status: "valid", tile: Float32Array.of(1, 1, 2, 2, 3, 3) });
});

describe("prices", () => {
  test.each([
    ["fixint 7", Uint8Array.of(7), "valid"],
    ["fixint 0", Uint8Array.of(0), "price_not_positive"],
    ["fixint -1", Uint8Array.of(0xff), "price_not_positive"],
    ["uint8 200", integer(200n, 0xcc), "valid"],
    ["uint16 60000", integer(60_000n, 0xcd), "valid"],
    ["uint32 12345678", integer(12_345_678n, 0xce), "valid"],
    ["uint32 123456789", integer(123_456_789n, 0xce), "price_too_many_digits"],
    ["uint64 12345678", integer(12_345_678n, 0xcf), "valid"],
    ["uint64 2^64-1", integer((1n << 64n) - 1n, 0xcf), "price_too_many_digits"],
    ["int8 -5", integer(-5n, 0xd0), "price_not_positive"],
    ["int16 300", integer(300n, 0xd1), "valid"],
    ["int32 -12345678", integer(-12_345_678n, 0xd2), "price_too_many_digits"],
    ["int64 12345678", integer(12_345_678n, 0xd3), "valid"],
    ["int64 -1", integer(-1n, 0xd3), "price_not_positive"],
    ["float64 12345678", float64(12_345_678), "price_too_many_digits"],
    ["float64 1234.5678", float64(1234.5678), "valid"],
    ["float64 NaN", float64(Number.NaN), "price_not_finite"],
    ["float64 -Infinity", float64(-Infinity), "price_not_finite"],
    ["float64 0", float64(0), "price_not_positive"],
    ["float64 1e-307", float64(1e-307), "price_out_of_range"],
    ["float32 0.5", float32(0.5), "valid"],
    ["float32 of 104856.23", float32(104_856.23), "price_too_many_digits"],
    ["nil", nil, "price_not_a_number"],
    ["true", Uint8Array.of(0xc3), "price_not_a_number"],
    ["text", text("1"), "price_not_a_number"],
    ["bin8", Uint8Array.of(0xc4, 1, 9), "price_not_a_number"],
    ["fixext1", Uint8Array.of(0xd4, 1, 9), "price_not_a_number"],
    ["ext8", Uint8Array.of(0xc7, 1, 5, 9), "price_not_a_number"],
    ["array", array(nil, array()), "price_not_a_number"],
    ["map", Uint8Array.of(0x81, 0xc0, 0xc0), "price_not_a_number"],
    ["unused byte", Uint8Array.of(0xc1), "malformed"],
  ])("%s", (_name, price, expected) => {
    expect(judgePrice(price)).toBe(expected);
  });
});

describe("structure", () => {
  test.each([
    ["nothing", new Uint8Array(0), "malformed"],
    ["nil", nil, "empty"],
    ["empty array", array(), "empty"],
    ["map", Uint8Array.of(0x81, 0xc0, 0xc0), "not_a_sequence"],
    ["text", text("abc"), "not_a_sequence"],
    [
      "float start",
      array(float64(1_767_225_600), increment, goodPath, goodPath),
      "start_time_not_int",
    ],
    ["text start", array(text("1767225600"), increment, goodPath, goodPath), "valid"],
    ["long start", array(integer(1_767_225_600n, 0xd3), increment, goodPath, goodPath), "valid"],
    ["array start", array(goodPath, increment, goodPath, goodPath), "start_time_not_int"],
    ["no increment", array(start), "increment_not_int"],
    [
      "start too late",
      array(uint32(1_767_225_601), increment, goodPath, goodPath),
      "start_time_mismatch",
    ],
    ["other increment", array(start, Uint8Array.of(1), goodPath, goodPath), "increment_mismatch"],
    ["one path", array(start, increment, goodPath), "path_count"],
    [
      "path is a number",
      array(start, increment, goodPath, Uint8Array.of(1)),
      "path_not_a_sequence",
    ],
    ["short path", array(start, increment, goodPath, array(nil, nil)), "point_count"],
    ["trailing bytes", join(array(start, increment, goodPath, goodPath), nil), "malformed"],
    ["array of 2^32-1", Uint8Array.of(0xdd, 255, 255, 255, 255, 0xc0), "malformed"],
    [
      "path of 2^32-1",
      join(Uint8Array.of(0x94), start, increment, Uint8Array.of(0xdd, 255, 255, 255, 255, 1)),
      "malformed",
    ],
    ["text of 2^32-1", Uint8Array.of(0xdb, 255, 255, 255, 255, 65), "malformed"],
    ["deep nesting", new Uint8Array(4000).fill(0x91), "malformed"],
  ])("%s gives %s", (_name, bytes, expected) => {
    expect(judge(bytes)).toBe(expected);
  });
});

test("gives the tile that JSON of the same numbers gives", () => {
  const paths = fc.array(fc.array(goodPrice, { minLength: 3, maxLength: 3 }), {
    minLength: 2,
    maxLength: 2,
  });
  fc.assert(
    fc.property(paths, (prices) => {
      const packed = array(start, increment, ...prices.map((path) => array(...path.map(float64))));
      const json = encode(JSON.stringify([1_767_225_600, 300, ...prices]));
      // Text tells one thing more: how many digits there are behind the points.
      expect(parsePredictionJson(json, smallRequest, 1)).toMatchObject(
        parsePredictionMsgpack(packed, smallRequest, 1),
      );
    }),
  );
});

test("damaged bytes never throw, and every beginning is malformed", () => {
  const whole = array(start, increment, goodPath, goodPath);
  for (let length = 0; length < whole.length; length += 1) {
    expect(judge(whole.subarray(0, length))).toBe("malformed");
  }
  const edits = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(edits, (list) => {
      const bytes = whole.slice();
      for (const [at, byte] of list) bytes[at] = byte;
      const outcome = parsePredictionMsgpack(bytes, smallRequest, 1);
      const prices = outcome.status === "valid" ? outcome.tile : Float32Array.of(1);
      expect(prices.every((price) => price > 0 && Number.isFinite(price))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test("an answer out of time is refused whatever it holds", () => {
  const outcome = parsePredictionMsgpack(nil, smallRequest, undefined);
  expect(outcome).toMatchObject({ status: "invalid", reason: "no_process_time" });
});
