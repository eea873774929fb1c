import { createSeededRandom } from "@foretile/testkit";
import { expect, test } from "vitest";
import { createDraw } from "../src/draw.ts";

const draw = createDraw(createSeededRandom(1));

function counts(times: number, next: () => number): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (let turn = 0; turn < times; turn += 1) {
    const value = next();
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return new Map([...found].toSorted(([left], [right]) => left - right));
}

test("integers below a bound are all drawn, about equally often", () => {
  const found = counts(10_000, () => draw.below(10));
  expect([...found.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // 1 000 each: five standard deviations are 150.
  expect(Math.min(...found.values())).toBeGreaterThan(850);
  expect(Math.max(...found.values())).toBeLessThan(1_150);
});

test("delays reach from 1 to the longest, each power of two as often as the next", () => {
  for (const most of [1, 2, 3, 8, 11]) {
    const found = counts(2_000, () => draw.delay(most));
    expect([...found.keys()]).toEqual(Array.from({ length: most }, (_, index) => index + 1));
  }
  const found = counts(9_000, () => draw.delay(256));
  const between = (low: number, high: number): number =>
    [...found].reduce((sum, [value, count]) => sum + (value >= low && value < high ? count : 0), 0);
  for (let low = 1; low <= 128; low *= 2) {
    // 1 000 each: five standard deviations are 150.
    expect(between(low, 2 * low)).toBeGreaterThan(850);
    expect(between(low, 2 * low)).toBeLessThan(1_150);
  }
  expect(between(256, 257)).toBeGreaterThan(850);
});
