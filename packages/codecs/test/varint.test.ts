import { MAX_VARINT_BYTES, readVarint, varintBytes, writeVarint } from "@foretile/codecs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { codecErrorOf } from "./helpers/codec-error-of.ts";
import { fromHex, toHex } from "./helpers/hex.ts";

const numbers = fc
  .integer({ min: 0, max: 53 })
  .chain((bits) => fc.maxSafeNat().map((value) => value % 2 ** bits));

test.each([
  [0, "00"],
  [1, "01"],
  [127, "7f"],
  [128, "8001"],
  [300, "ac02"],
  [16_383, "ff7f"],
  [16_384, "808001"],
  [2 ** 32, "8080808010"],
  [Number.MAX_SAFE_INTEGER, "ffffffffffffff0f"],
])("%i is %s", (value, hex) => {
  const bytes = new Uint8Array(varintBytes(value));
  expect(writeVarint(bytes, 0, value)).toBe(bytes.length);
  expect(toHex(bytes)).toBe(hex);
  expect(readVarint(fromHex(hex), 0)).toBe(value);
});

test("any number comes back, from any offset, and only its own bytes are written", () => {
  fc.assert(
    fc.property(numbers, fc.nat(5), (value, offset) => {
      const bytes = new Uint8Array(offset + MAX_VARINT_BYTES + 2).fill(0xee);
      const end = writeVarint(bytes, offset, value);
      expect(end).toBe(offset + varintBytes(value));
      expect(readVarint(bytes, offset)).toBe(value);
      expect(bytes.subarray(0, offset).every((byte) => byte === 0xee)).toBe(true);
      expect(bytes.subarray(end).every((byte) => byte === 0xee)).toBe(true);
      const cut = codecErrorOf(() => readVarint(bytes.subarray(0, end - 1), offset));
      expect(cut).toMatchObject({ code: "truncated", details: { neededBytes: end } });
    }),
    { numRuns: 1_000 },
  );
});

test("garbage is a number in its one form, or fails typed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10 }), (bytes) => {
      let value = 0;
      const error = codecErrorOf(() => {
        value = readVarint(bytes, 0);
      });
      if (error !== undefined) return;
      const again = new Uint8Array(varintBytes(value));
      writeVarint(again, 0, value);
      expect(bytes.subarray(0, again.length)).toEqual(again);
    }),
    { numRuns: 3_000 },
  );
});

describe("bad input", () => {
  test.each([
    ["8000", "not-canonical"],
    ["ff00", "not-canonical"],
    ["ffffffffffffff10", "too-large"],
    ["ffffffffffffff7f", "too-large"],
    ["ffffffffffffffff01", "too-large"],
    ["", "truncated"],
    ["80", "truncated"],
  ])("%s: %s", (hex, code) => {
    expect(codecErrorOf(() => readVarint(fromHex(hex), 0))?.code).toBe(code);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("%d has no form", (value) => {
    expect(codecErrorOf(() => varintBytes(value))?.code).toBe("invalid-argument");
    expect(codecErrorOf(() => writeVarint(new Uint8Array(9), 0, value))?.code).toBe(
      "invalid-argument",
    );
  });

  test.each([
    [2, 1, 128],
    [2, 2, 0],
    [2, -1, 0],
    [0, 0, 0],
  ])("an array of %i has no room at %i for %i", (length, offset, value) => {
    const bytes = new Uint8Array(length);
    const error = codecErrorOf(() => writeVarint(bytes, offset, value));
    expect(error?.code).toBe("invalid-argument");
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});
