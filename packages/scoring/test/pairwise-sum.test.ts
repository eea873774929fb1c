import { describe, expect, it } from "vitest";

import { pairwiseSum } from "../src/pairwise-sum.ts";

const terms = Float64Array.from({ length: 600 }, (_, i) => 1 / (i + 1));

// The sums below are numpy.sum of the same slices.
describe("pairwiseSum", () => {
  it.each([
    [0, 0.0],
    [1, 0.25],
    [7, 1.0956349206349207],
    [8, 1.1865440115440116],
    [9, 1.2698773448773448],
    [15, 1.66177474486298],
    [16, 1.7144063238103486],
    [61, 2.9105575703724353],
    [127, 3.615258004932643],
    [128, 3.6228915927189025],
    [129, 3.63046735029466],
    [136, 3.6819490739270866],
    [137, 3.6890919310699437],
    [200, 4.05954934259011],
    [288, 4.418922827713901],
    [289, 4.422347485248148],
    [597, 5.1416450886362615],
  ])("of %d terms has numpy's bits", (count, expected) => {
    expect(pairwiseSum(terms, 3, 3 + count)).toBe(expected);
  });

  it("differs from adding from left to right, so that the test above means something", () => {
    const plain = terms.subarray(3, 292).reduce((a, b) => a + b, 0);
    expect(pairwiseSum(terms, 3, 292)).not.toBe(plain);
  });
});
