import { describe, expect, it } from "vitest";

import {
  combineLabels,
  isScoringError,
  type Reward,
  rewardWeights,
  softmax,
  toU16Weights,
} from "../src/index.ts";
import { toNumber } from "./fixtures/numbers.ts";
import vectors from "./fixtures/rewards.json" with { type: "json" };

const invalidArgument: unknown = expect.toSatisfy((error) =>
  isScoringError(error, "invalid-argument"),
);

function reward(from: { miner_id: number; miner_uid: number; reward_weight: number }): Reward {
  return { minerId: from.miner_id, minerUid: from.miner_uid, weight: from.reward_weight };
}

function one(minerUid: number, weight: number): Reward[] {
  return [{ minerId: 7, minerUid, weight }];
}

describe("softmax", () => {
  it.each(vectors.softmax)("$id", ({ in: values, beta, expected }) => {
    const parts = softmax(values.map(toNumber), beta);
    expect(parts).toHaveLength(expected.length);
    for (const [index, part] of parts.entries()) {
      const wanted = expected[index] ?? Number.NaN;
      expect(Math.abs(part - wanted)).toBeLessThanOrEqual(1e-12 * wanted);
    }
  });

  it("does not overflow", () => {
    expect(softmax([-1e6, -1e6], -1)).toEqual([0.5, 0.5]);
  });

  it.each([
    [[1, Number.NaN], -1],
    [[1, -Infinity], -1],
    [[Infinity, Infinity], -1],
    [[0, Infinity], 0],
  ])("rejects %j with beta %d", (values, beta) => {
    expect(() => softmax(values, beta)).toThrow(invalidArgument);
  });
});

describe("rewardWeights", () => {
  const options = {
    softmaxBeta: -1,
    share: 0.5,
    uidByMinerId: new Map([
      [1, 10],
      [2, 11],
      [3, 12],
    ]),
  };

  it("leaves out who is gone, has no average, or has no part", () => {
    const averages = [
      { minerId: 1, average: 0 },
      { minerId: 2, average: 1e6 },
      { minerId: 3, average: undefined },
      { minerId: 4, average: 0 },
    ];
    expect(rewardWeights(averages, options)).toEqual([
      { minerId: 1, minerUid: 10, average: 0, weight: 0.5 },
    ]);
    expect(rewardWeights([], options)).toEqual([]);
  });

  it.each([
    { softmaxBeta: 0 },
    { softmaxBeta: 0.1 },
    { softmaxBeta: -Infinity },
    { share: 0 },
    { share: 2 },
  ])("rejects %j", (wrong) => {
    expect(() => rewardWeights([], { ...options, ...wrong })).toThrow(invalidArgument);
  });
});

describe("combineLabels", () => {
  it.each(vectors.combine)("adds up two labels", (vector) => {
    const combined = combineLabels([vector.in.low.map(reward), vector.in.high.map(reward)]);
    expect(combined).toEqual(vector.expected.map(reward));
    // Upstream's owner row weighs as much as all the others together.
    expect(combined.reduce((sum, { weight }) => sum + weight, 0)).toBe(vector.owner_row_weight);
  });

  it("adds up any number, with the first uid", () => {
    expect(combineLabels([])).toEqual([]);
    expect(combineLabels([one(1, 0.25), [], one(2, 0.25), one(3, 0.5)])).toEqual(one(1, 1));
  });
});

describe("toU16Weights", () => {
  it.each(vectors.u16_weights)("of $in", ({ in: weights, expected }) => {
    expect(toU16Weights(weights)).toEqual(expected);
  });

  it("rounds half to even, and gives nothing for nothing", () => {
    expect(toU16Weights([65535, 0.5, 1.5, 2.5, 2.25])).toEqual([65535, 0, 2, 2, 2]);
    expect(toU16Weights([0, 0])).toEqual([0, 0]);
    expect(toU16Weights([])).toEqual([]);
  });

  it.each([-1, Number.NaN, Infinity])("rejects %d", (weight) => {
    expect(() => toU16Weights([1, weight])).toThrow(invalidArgument);
  });
});
