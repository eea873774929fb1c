import { expect, test } from "vitest";
import { createSeededRandom } from "../src/index.ts";

// From an independent sfc32 in Python with arbitrary-precision integers.
const expected = new Map([
  [1, [2012149540, 1872316204, 1707632675, 1779833415]],
  [0xdeadbeef, [3267350604, 3986441180, 1591877757, 2440477387]],
]);

test("the numbers are sfc32's", () => {
  for (const [seed, numbers] of expected) {
    const random = createSeededRandom(seed);
    expect(numbers.map(() => random.nextUint32())).toEqual(numbers);
  }
});

test("two generators do not share state", () => {
  const one = createSeededRandom(7);
  const two = createSeededRandom(7);
  one.nextUint32();
  const next = one.nextUint32();
  two.nextUint32();
  expect(two.nextUint32()).toBe(next);
});
