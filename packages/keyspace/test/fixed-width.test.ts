import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  descending,
  fixedWidth,
  isKeyspaceError,
  parseDescending,
  parseFixedWidth,
} from "../src/index.ts";

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isKeyspaceError(error, "invalid-argument"),
);
const malformed: unknown = expect.toSatisfy((error) => isKeyspaceError(error, "malformed"));

const digitsAndTwoValues = fc.integer({ min: 1, max: 15 }).chain((digits) =>
  fc.tuple(
    fc.constant(digits),
    fc.maxSafeNat().map((value) => value % 10 ** digits),
    fc.maxSafeNat().map((value) => value % 10 ** digits),
  ),
);

describe("fixedWidth", () => {
  it("pads with zeros", () => {
    expect(fixedWidth(42, 6)).toBe("000042");
    expect(fixedWidth(0, 1)).toBe("0");
    expect(fixedWidth(-0, 2)).toBe("00");
    expect(fixedWidth(999_999_999_999_999, 15)).toBe("999999999999999");
  });

  it("orders texts as numbers and reads back", () => {
    fc.assert(
      fc.property(digitsAndTwoValues, ([digits, a, b]) => {
        const [x, y] = [fixedWidth(a, digits), fixedWidth(b, digits)];
        expect(x).toHaveLength(digits);
        expect(x < y).toBe(a < b);
        expect(parseFixedWidth(x, digits)).toBe(a);
      }),
    );
  });

  it.each([
    [10, 1],
    [-1, 3],
    [1.5, 3],
    [Number.NaN, 3],
    [Number.POSITIVE_INFINITY, 3],
    [1e15, 15],
    [1, 0],
    [1, 16],
    [1, 2.5],
  ])("rejects %d in %d digits", (value, digits) => {
    expect(() => fixedWidth(value, digits)).toThrow(invalidArgument);
    expect(() => descending(value, digits)).toThrow(invalidArgument);
  });
});

describe("descending", () => {
  it("counts down from all nines", () => {
    expect(descending(0, 4)).toBe("9999");
    expect(descending(42, 4)).toBe("9957");
    expect(descending(9999, 4)).toBe("0000");
    expect(descending(-0, 1)).toBe("9");
  });

  it("reverses the order and reads back", () => {
    fc.assert(
      fc.property(digitsAndTwoValues, ([digits, a, b]) => {
        const [x, y] = [descending(a, digits), descending(b, digits)];
        expect(x).toHaveLength(digits);
        expect(x < y).toBe(a > b);
        expect(parseDescending(x, digits)).toBe(a);
      }),
    );
  });
});

describe("parseFixedWidth and parseDescending", () => {
  it.each(["", "12", "1234", "1 2", "-12", "1e2", "+12", "0x1", "12\n", "１２３"])(
    "reject %j as three digits",
    (text) => {
      expect(() => parseFixedWidth(text, 3)).toThrow(malformed);
      expect(() => parseDescending(text, 3)).toThrow(malformed);
    },
  );

  it("reject a width that cannot be", () => {
    expect(() => parseFixedWidth("1", 16)).toThrow(invalidArgument);
    expect(() => parseDescending("", 0)).toThrow(invalidArgument);
  });
});
