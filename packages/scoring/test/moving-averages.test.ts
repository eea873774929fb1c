import { describe, expect, it } from "vitest";

import {
  isScoringError,
  type MovingAverageOptions,
  movingAverages,
  rewardWeights,
  type ScoreRow,
} from "../src/index.ts";
import vectors from "./fixtures/rewards.json" with { type: "json" };

/** The network's weights of its assets. */
const assetCoefficients: Readonly<Record<string, number>> = {
  BTC: 1,
  ETH: 0.7064366394033871,
  XAU: 1.7370922597118699,
  SOL: 0.6310037175639559,
  SPYX: 3.437935601155441,
  NVDAX: 1.6028217601617174,
  TSLAX: 1.6068755936957768,
  AAPLX: 2.0916380815843123,
  GOOGLX: 1.6827392777257926,
  XRP: 0.5658394110809131,
  HYPE: 0.4784547133706857,
  WTIOIL: 0.8475062847978935,
};

const options: MovingAverageOptions = {
  nowUnixSeconds: 1000,
  assetCoefficients: {},
  backfillPer: "request",
};

function row(minerId: number, time: number, promptScore?: number, more?: Partial<ScoreRow>) {
  return {
    minerId,
    scoredAtUnixSeconds: time,
    asset: "BTC",
    promptScore,
    percentile90: 50,
    lowest: 0,
    ...more,
  } satisfies ScoreRow;
}

describe("movingAverages", () => {
  it.each(vectors.smoothed_scores)("$id, and the rewards", (vector) => {
    for (const backfillPer of ["time", "request"] as const) {
      const averages = movingAverages(
        vector.rows.map((from) => ({
          minerId: from.miner_id,
          scoredAtUnixSeconds: from.t,
          asset: from.asset,
          promptScore: from.prompt_score,
          percentile90: from.percentile90,
          lowest: from.lowest,
        })),
        {
          nowUnixSeconds: vector.scored_t,
          assetCoefficients,
          backfillPer,
        },
      );
      const rewards = rewardWeights(averages, {
        softmaxBeta: vector.beta,
        share: vector.smoothed_score_coefficient,
        uidByMinerId: new Map(
          Object.entries(vector.uid_by_miner_id).flatMap(([minerId, uid]) =>
            uid === null ? [] : [[Number(minerId), uid]],
          ),
        ),
      });
      expect(rewards.map(({ minerId, minerUid }) => [minerId, minerUid])).toEqual(
        vector.expected_rewards.map((reward) => [reward.miner_id, reward.miner_uid]),
      );
      for (const [index, expected] of vector.expected_rewards.entries()) {
        const { smoothed_score, reward_weight } = expected;
        const { average, weight } = rewards[index] ?? { average: Number.NaN, weight: Number.NaN };
        expect(Math.abs(average - smoothed_score)).toBeLessThanOrEqual(1e-12 * smoothed_score);
        expect(Math.abs(weight - reward_weight)).toBeLessThanOrEqual(1e-12 * reward_weight);
      }
    }
  });

  it("charges a new miner per time or per request when two requests end together", () => {
    const rows = [
      row(1, 100, 0, { asset: "BTC", percentile90: 50 }),
      row(1, 100, 0, { asset: "ETH", percentile90: 90 }),
      row(2, 200, 10),
      row(1, 200, 10),
    ];
    const average = (backfillPer: "time" | "request"): number | undefined =>
      movingAverages(rows, { ...options, backfillPer }).find((m) => m.minerId === 2)?.average;
    expect(average("time")).toBe((50 + 10) / 2);
    expect(average("request")).toBe((50 + 90 + 10) / 3);
  });

  it("charges nothing for later absences, nor for requests without a cap", () => {
    const rows = [
      row(1, 100, 1),
      row(1, 200, 1),
      row(1, 300, 1),
      row(2, 100, 4),
      row(2, 300, 4),
      row(3, 300, 4),
      row(1, 50, 1, { percentile90: undefined }),
      row(2, 60, 4, { lowest: undefined }),
    ];
    expect(movingAverages(rows, options)).toEqual([
      { minerId: 1, average: 1 },
      { minerId: 2, average: 4 },
      { minerId: 3, average: (50 + 50 + 4) / 3 },
    ]);
  });

  it("counts rows after the window's start up to now", () => {
    const rows = [row(1, 900, 1), row(1, 901, 2), row(1, 1000, 4), row(1, 1001, 8)];
    expect(movingAverages(rows, { ...options, windowSeconds: 100 })).toEqual([
      { minerId: 1, average: 3 },
    ]);
  });

  it("has no average for a miner without a score, which is not a reward either", () => {
    const averages = movingAverages([row(1, 100), row(2, 100, 3), row(3, 2000, 1)], options);
    expect(averages).toEqual([
      { minerId: 1, average: undefined },
      { minerId: 2, average: 3 },
      { minerId: 3, average: (50 + 50 + 0) / 2 },
    ]);
  });

  it("weighs by asset, 1 for an unknown one", () => {
    const rows = [
      row(1, 100, 1, { asset: "A" }),
      row(1, 200, 5, { asset: "B" }),
      row(1, 300, 9, { asset: "constructor" }),
    ];
    expect(movingAverages(rows, { ...options, assetCoefficients: { A: 3, B: 0.5 } })).toEqual([
      { minerId: 1, average: (3 + 2.5 + 9) / 4.5 },
    ]);
    expect(movingAverages([], options)).toEqual([]);
  });

  it.each([
    [Number.NaN, 1],
    [Infinity, 1],
    [1, 0],
    [1, Number.NaN],
    [1, Infinity],
  ])("rejects the score %d with the coefficient %d", (promptScore, coefficient) => {
    const wrong = { ...options, assetCoefficients: { BTC: coefficient } };
    expect(() => movingAverages([row(1, 100, promptScore)], wrong)).toThrow(
      expect.toSatisfy((error) => isScoringError(error, "invalid-argument")),
    );
  });
});
