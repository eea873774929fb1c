import { describe, expect, test } from "vitest";
import { median, rotated, summarize } from "../src/statistics.mjs";

describe("median", () => {
  test.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[10, 2, 4, 8], 6],
    [[1e9, -1, 0, 1e-9, 2], 1e-9],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test("of nothing is refused", () => {
    expect(() => median([])).toThrow(RangeError);
  });

  test("leaves its values as they are", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

test("a summary tells the middle, both ends and how many", () => {
  expect(summarize([30, 10, 20, 40])).toEqual({ median: 25, min: 10, max: 40, rounds: 4 });
});

test("every subject is first in some round", () => {
  const firsts = [0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round)[0]);
  expect(firsts).toEqual(["a", "b", "c", "a"]);
  expect(rotated([], 3)).toEqual([]);
});
