import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { littleEndian } from "../../src/value/element-bytes.ts";
import {
  commonType,
  convertElements,
  fitFloat64,
  holdsEvery,
} from "../../src/value/element-conversion.ts";
import {
  ELEMENT_TYPES,
  newElements,
  numericTypeOf,
  type NumericType,
} from "../../src/value/element-type.ts";

const types = Object.keys(ELEMENT_TYPES) as NumericType[];

/** Least and greatest integers of a type, and one below and above, as far as they are integers of it. */
function extremes(type: NumericType): bigint[] {
  const { kind, bytes, integerBits } = ELEMENT_TYPES[type];
  if (kind === "float") return [-(2n ** BigInt(integerBits)), 2n ** BigInt(integerBits)];
  const values = newElements(type, 1);
  const bits = BigInt(8 * bytes);
  const candidates = [-(2n ** (bits - 1n)), 0n, 2n ** (bits - 1n) - 1n, 2n ** bits - 1n];
  return candidates.filter((candidate) => {
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      values[0] = candidate;
    } else {
      values[0] = Number(candidate);
    }
    return BigInt(values[0] ?? 0n) === candidate;
  });
}

function holds(type: NumericType, integer: bigint): boolean {
  const values = newElements(type, 1);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[0] = integer;
  else values[0] = Number(integer);
  return BigInt(values[0] ?? 0n) === integer;
}

describe("numeric types", () => {
  test("are told by their arrays", () => {
    for (const type of types) {
      const values = newElements(type, 3);
      expect(numericTypeOf(values)).toBe(type);
      expect(values.BYTES_PER_ELEMENT).toBe(ELEMENT_TYPES[type].bytes);
    }
    const pretender = { [Symbol.toStringTag]: "Int8Array" };
    for (const other of [
      pretender,
      [],
      null,
      "Int8Array",
      new Uint8ClampedArray(1),
      new ArrayBuffer(1),
    ]) {
      expect(numericTypeOf(other)).toBeUndefined();
    }
  });

  test("that hold every integer of another hold its extremes", () => {
    for (const wide of types.filter((type) => ELEMENT_TYPES[type].kind !== "float")) {
      for (const narrow of types.filter((type) => ELEMENT_TYPES[type].kind !== "float")) {
        const all = extremes(narrow).every((integer) => holds(wide, integer));
        expect([wide, narrow, holdsEvery(wide, narrow)]).toEqual([wide, narrow, all]);
      }
    }
  });

  test.each<[NumericType, string]>([
    ["float32", "int8 uint8 int16 uint16 float32"],
    ["float64", "int8 uint8 int16 uint16 int32 uint32 float32 float64"],
  ])("that are floats: %s holds %s", (wide, narrow) => {
    expect(types.filter((type) => holdsEvery(wide, type)).join(" ")).toBe(narrow);
    for (const type of types.filter((each) => ELEMENT_TYPES[each].kind !== "float")) {
      expect(holdsEvery(type, wide)).toBe(false);
    }
  });

  test.each<[NumericType, NumericType, NumericType | undefined]>([
    ["int8", "int32", "int32"],
    ["int8", "uint8", "int16"],
    ["uint32", "int8", "int64"],
    ["uint8", "uint16", "uint16"],
    ["int16", "float32", "float32"],
    ["int32", "float32", "float64"],
    ["float32", "float64", "float64"],
    ["int64", "float64", "float64"],
    ["uint64", "float32", "float64"],
    ["uint64", "int8", undefined],
    ["uint64", "uint8", "uint64"],
  ])("have a common one: %s and %s give %s", (left, right, common) => {
    expect(commonType(left, right)).toBe(common);
    expect(commonType(right, left)).toBe(common);
  });

  test("are converted number by number", () => {
    const ints = Int16Array.of(-3, 0, 7);
    expect(convertElements(ints, "int32")).toEqual(Int32Array.of(-3, 0, 7));
    expect(convertElements(ints, "int64")).toEqual(BigInt64Array.of(-3n, 0n, 7n));
    expect(convertElements(ints, "float32")).toEqual(Float32Array.of(-3, 0, 7));
    expect(convertElements(BigInt64Array.of(-3n, 2n ** 60n), "float64")).toEqual(
      Float64Array.of(-3, 2 ** 60),
    );
    const floats = Float32Array.of(-0, Number.NaN, Number.NEGATIVE_INFINITY, 1e-45);
    expect(convertElements(floats, "float64")).toEqual(Float64Array.from(floats));
  });

  test("have memory only for so much", () => {
    expect(() => newElements("float64", 2 ** 50)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  test("fit float64 up to 2^53 and beyond where the low bits are 0", () => {
    expect(fitFloat64(BigInt64Array.of(2n ** 53n, -(2n ** 53n), 2n ** 62n))).toBe(true);
    expect(fitFloat64(BigInt64Array.of(0n, 2n ** 53n + 1n))).toBe(false);
    expect(fitFloat64(BigUint64Array.of(2n ** 64n - 1n))).toBe(false);
  });
});

describe("littleEndian", () => {
  test("leaves bytes alone on a host of that order", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(littleEndian(bytes, 4, true)).toBe(bytes);
    expect(littleEndian(bytes, 1, false)).toBe(bytes);
  });

  test("swaps the bytes of each element on another host, and back", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(littleEndian(bytes, 2, false)).toEqual(Uint8Array.of(2, 1, 4, 3, 6, 5, 8, 7));
    expect(littleEndian(bytes, 8, false)).toEqual(Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
        expect(littleEndian(littleEndian(random, 4, false), 4, false)).toEqual(random);
      }),
    );
  });
});
