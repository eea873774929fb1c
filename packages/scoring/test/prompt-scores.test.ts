import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isScoringError, promptScores } from "../src/index.ts";
import vectors from "./fixtures/rewards.json" with { type: "json" };

describe("promptScores", () => {
  it.each(vectors.prompt_scores)("$id", ({ in: totals, expected, percentile90, lowest }) => {
    const scores = promptScores(totals.map((total) => (total === -1 ? undefined : total)));
    expect(scores).toEqual(
      expected === null
        ? { status: "none-valid" }
        : { status: "scored", scores: expected, percentile90, lowest },
    );
  });

  // The two forms of the interpolation differ in the last bit here.
  it.each([
    [[73.892, 87.522, 116.619, 284.751, 286.821, 299.386, 426.758], 350.33480000000003],
    [[169.419, 437.095], 410.3274],
  ])("has numpy's percentile of %j", (totals, percentile90) => {
    expect(promptScores(totals)).toMatchObject({ percentile90 });
  });

  it("says when nobody answered", () => {
    expect(promptScores([])).toEqual({ status: "none-valid" });
  });

  it("gives the best 0, nobody more than an absent one, and keeps the order", () => {
    const total = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.option(total, { nil: undefined }), { maxLength: 50 }), (totals) => {
        const result = promptScores(totals);
        const worst = result.status === "scored" ? result.percentile90 - result.lowest : Number.NaN;
        const scores = result.status === "scored" ? result.scores : [];
        expect(scores).toHaveLength(totals.some((t) => t !== undefined) ? totals.length : 0);
        expect(scores.length === 0 ? 0 : Math.min(...scores)).toBe(0);
        expect(scores.every((score) => score <= worst)).toBe(true);
        expect(scores.every((score, i) => totals[i] !== undefined || score === worst)).toBe(true);
        const inOrder = scores
          .flatMap((score, i) => (totals[i] === undefined ? [] : [{ score, total: totals[i] }]))
          .sort((a, b) => a.total - b.total)
          .map(({ score }) => score);
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([Number.NaN, Infinity, -Infinity])("rejects the total %d", (total) => {
    expect(() => promptScores([1, total])).toThrow(
      expect.toSatisfy((error) => isScoringError(error, "invalid-argument")),
    );
  });
});
