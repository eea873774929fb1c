import { decodeCanonical, encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import * as fc from "fast-check";
import { unpack } from "msgpackr";
import { describe, expect, test } from "vitest";

import { codecErrorOf } from "../helpers/codec-error-of.ts";
import { documentValues } from "../helpers/document-values.ts";
import { fromHex, toHex } from "../helpers/hex.ts";
import { misaligned } from "../helpers/misaligned.ts";

const limits = { maxBytes: 10_000_000 };

/** The same value with the keys of every object in the opposite order. */
function withKeysReversed(value: DocumentValue): DocumentValue {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, item]) => [key, withKeysReversed(item)]));
}

function nested(depth: number): DocumentValue {
  let value: DocumentValue = [];
  for (let level = 1; level < depth; level += 1) value = level % 2 === 0 ? { a: value } : [value];
  return value;
}

test("any value comes back as it was", () => {
  fc.assert(
    fc.property(documentValues, fc.integer({ min: 0, max: 3 }), (value, byteOffset) => {
      const bytes = encodeCanonical(value);
      expect(decodeCanonical(misaligned(bytes, byteOffset), limits)).toStrictEqual(value);
    }),
    { numRuns: 1_000 },
  );
});

test("the order of keys makes no difference", () => {
  fc.assert(
    fc.property(documentValues, (value) => {
      expect(encodeCanonical(withKeysReversed(value))).toEqual(encodeCanonical(value));
    }),
    { numRuns: 500 },
  );
});

test("keys are in the order of their UTF-8 bytes", () => {
  const keys = fc.uniqueArray(
    fc.string({
      unit: fc.constantFrom("a", "b", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"),
    }),
    { minLength: 2, maxLength: 9 },
  );
  fc.assert(
    fc.property(keys, (some) => {
      const bytes = encodeCanonical(Object.fromEntries(some.map((key) => [key, 0])));
      const written = Object.keys(unpack(bytes) as object);
      expect(written).toEqual(
        some.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))),
      );
    }),
  );
});

test("other msgpack readers read it", () => {
  const value = { a: [1, -1, 0.5, "ü", true, null], b: { c: 2 ** 31 } };
  expect(unpack(encodeCanonical(value))).toEqual(value);
});

describe("forms", () => {
  test.each<[string, DocumentValue, string]>([
    ["null", null, "c0"],
    ["false", false, "c2"],
    ["true", true, "c3"],
    ["0", 0, "00"],
    ["-0", -0, "cb8000000000000000"],
    ["127", 127, "7f"],
    ["128", 128, "cc80"],
    ["255", 255, "ccff"],
    ["256", 256, "cd0100"],
    ["65535", 65_535, "cdffff"],
    ["65536", 65_536, "ce00010000"],
    ["2^32 - 1", 2 ** 32 - 1, "ceffffffff"],
    ["2^32", 2 ** 32, "cf0000000100000000"],
    ["2^53 - 1", 2 ** 53 - 1, "cf001fffffffffffff"],
    ["2^53", 2 ** 53, "cb4340000000000000"],
    ["2^53 as a bigint", 2n ** 53n, "cf0020000000000000"],
    ["2^64 - 1", 2n ** 64n - 1n, "cfffffffffffffffff"],
    ["-1", -1, "ff"],
    ["-32", -32, "e0"],
    ["-33", -33, "d0df"],
    ["-128", -128, "d080"],
    ["-129", -129, "d1ff7f"],
    ["-32768", -32_768, "d18000"],
    ["-32769", -32_769, "d2ffff7fff"],
    ["-2^31", -(2 ** 31), "d280000000"],
    ["-2^31 - 1", -(2 ** 31) - 1, "d3ffffffff7fffffff"],
    ["-2^53 as a bigint", -(2n ** 53n), "d3ffe0000000000000"],
    ["-2^63", -(2n ** 63n), "d38000000000000000"],
    ["1.5", 1.5, "cb3ff8000000000000"],
    ["NaN", Number.NaN, "cb7ff8000000000000"],
    ["-Infinity", Number.NEGATIVE_INFINITY, "cbfff0000000000000"],
    ["empty text", "", "a0"],
    ["31 characters", "a".repeat(31), `bf${"61".repeat(31)}`],
    ["32 characters", "a".repeat(32), `d920${"61".repeat(32)}`],
    ["256 characters", "a".repeat(256), `da0100${"61".repeat(256)}`],
    ["65536 characters", "a".repeat(65_536), `db00010000${"61".repeat(65_536)}`],
    ["no bytes", new Uint8Array(0), "c400"],
    ["256 bytes", new Uint8Array(256), `c50100${"00".repeat(256)}`],
    ["65536 bytes", new Uint8Array(65_536), `c600010000${"00".repeat(65_536)}`],
    ["15 items", Array<null>(15).fill(null), `9f${"c0".repeat(15)}`],
    ["16 items", Array<null>(16).fill(null), `dc0010${"c0".repeat(16)}`],
    ["65536 items", Array<null>(65_536).fill(null), `dd00010000${"c0".repeat(65_536)}`],
    ["keys in another order", { b: 1, a: 2 }, "82a16102a16201"],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), "81a16101"],
  ])("%s", (_name, value, hex) => {
    expect(toHex(encodeCanonical(value))).toBe(hex);
    const again = decodeCanonical(fromHex(hex), limits);
    expect(toHex(encodeCanonical(again))).toBe(hex);
  });

  test.each([16, 65_536])("%i keys", (count) => {
    const value = Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`, 0]));
    const bytes = encodeCanonical(value);
    expect(toHex(bytes.subarray(0, 5))).toMatch(count === 16 ? /^de0010/ : /^df00010000/);
    expect(decodeCanonical(bytes, limits)).toStrictEqual(value);
  });

  test("every NaN is the same NaN", () => {
    const bits = BigUint64Array.of(0xfff8_0000_0000_0001n);
    const [nan = 0] = new Float64Array(bits.buffer, 0, 1);
    expect(toHex(encodeCanonical(nan))).toBe("cb7ff8000000000000");
  });

  test("decoded bytes are copies", () => {
    const bytes = encodeCanonical(Uint8Array.of(1, 2, 3));
    const value = decodeCanonical(bytes, limits);
    bytes.fill(0);
    expect(value).toStrictEqual(Uint8Array.of(1, 2, 3));
  });

  test("nothing is left on the array that was read", () => {
    const bytes = encodeCanonical([1]);
    decodeCanonical(bytes, limits);
    expect(Object.keys(bytes)).toEqual(["0", "1"]);
  });
});

describe("values without an encoding", () => {
  const cycle: unknown[] = [];
  cycle.push([cycle], [cycle]);
  const wideCycle: Record<string, unknown> = {};
  wideCycle["a"] = wideCycle;

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["an undefined field", { a: undefined }],
    ["a hole", Array<number>(2)],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["a symbol key", { [Symbol("a")]: 1 }],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["a byte order mark", "\ufeffa"],
    ["a key __proto__", JSON.parse('{"__proto__":1}')],
    ["a class instance", new Date(0)],
    ["a Map", new Map()],
    ["an error", new RangeError("a")],
    ["other typed arrays", new Uint16Array(1)],
    ["a small bigint", 5n],
    ["the largest safe bigint", 2n ** 53n - 1n],
    ["a bigint of 65 bits", 2n ** 64n],
    ["a bigint below int64", -(2n ** 63n) - 1n],
    ["a value inside itself", cycle],
    ["an object inside itself", wideCycle],
  ])("%s", (_name, value) => {
    const error = codecErrorOf(() => encodeCanonical(value as DocumentValue));
    expect(error?.code).toBe("invalid-argument");
  });

  test("more than 1 GiB", () => {
    const error = codecErrorOf(() => encodeCanonical([new Uint8Array(2 ** 30)]));
    expect(error?.code).toBe("too-large");
  });

  test("the message names the nearest key", () => {
    const value = { tiles: [{ min: undefined }] } as unknown as DocumentValue;
    const error = codecErrorOf(() => encodeCanonical(value));
    expect(error?.message).toContain("key=min found=undefined");
  });

  test("one object in two places is no cycle", () => {
    const shared = { a: 1 };
    expect(toHex(encodeCanonical([shared, shared]))).toBe("9281a1610181a16101");
  });

  test("64 levels are allowed, 65 are not", () => {
    const deepest = encodeCanonical(nested(64));
    expect(decodeCanonical(deepest, limits)).toStrictEqual(nested(64));
    expect(codecErrorOf(() => encodeCanonical(nested(65)))?.code).toBe("too-large");
    const deeper = fromHex(`${"91".repeat(64)}90`);
    expect(codecErrorOf(() => decodeCanonical(deeper, limits))?.code).toBe("too-large");
    const deepLeaf = fromHex(`${"91".repeat(64)}00`);
    expect(codecErrorOf(() => decodeCanonical(deepLeaf, limits))).toBeUndefined();
  });
});
