import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { crps, fairCrps, isScoringError } from "../src/index.ts";
import vectors from "./fixtures/crps-ensemble.json" with { type: "json" };
import { toNumber } from "./fixtures/numbers.ts";

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("crps", () => {
  it.each(vectors.crps_ensemble)("$id: exactly $expected", (vector) => {
    const { obs, members, weights, expected } = vector;
    const score = crps(members.map(toNumber), toNumber(obs), weights?.map(toNumber));
    expect(score).toBe(toNumber(expected));
  });

  it("is mean |x - y| less half the mean |x - x'|", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), finite, (members, y) => {
        const n = members.length;
        const distance = members.reduce((sum, x) => sum + Math.abs(x - y), 0) / n;
        const spread =
          members.flatMap((a) => members.map((b) => Math.abs(a - b))).reduce((a, b) => a + b) /
          (2 * n * n);
        expect(Math.abs(crps(members, y) - (distance - spread))).toBeLessThan(
          1e-9 * (1 + distance),
        );
      }),
    );
  });

  it("does not depend on the order of members, nor on the scale of weights", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), finite, (members, y) => {
        const score = crps(members, y);
        expect(crps(members.toReversed(), y)).toBe(score);
        expect(
          crps(
            members,
            y,
            members.map(() => 4),
          ),
        ).toBe(score);
      }),
    );
  });

  it("leaves its arguments as they are", () => {
    const members = [3, 1, Number.NaN, 2];
    crps(members, 2);
    expect(members).toEqual([3, 1, Number.NaN, 2]);
  });

  it("rejects an empty ensemble and a missing weight", () => {
    const invalid: unknown = expect.toSatisfy((error) => isScoringError(error, "invalid-argument"));
    expect(() => crps([], 1)).toThrow(invalid);
    expect(() => crps([1, 2], 1, [1])).toThrow(invalid);
  });
});

describe("fairCrps", () => {
  it("is mean |x - y| less half the mean |x - x'| of different members", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 40 }), finite, (members, y) => {
        const n = members.length;
        const distance = members.reduce((sum, x) => sum + Math.abs(x - y), 0) / n;
        const spread =
          members.flatMap((a) => members.map((b) => Math.abs(a - b))).reduce((a, b) => a + b) /
          (2 * n * (n - 1));
        expect(Math.abs(fairCrps(members, y) - (distance - spread))).toBeLessThan(
          1e-9 * (1 + distance),
        );
      }),
    );
  });

  it("leaves NaN out, and is not defined for fewer than two members", () => {
    expect(fairCrps([1, Number.NaN, 3], 2)).toBe(fairCrps([1, 3], 2));
    expect(fairCrps([1, 3], 2)).toBe(0);
    expect(fairCrps([1, Number.NaN], 2)).toBeNaN();
    expect(fairCrps([1, 2], Number.NaN)).toBeNaN();
  });
});
