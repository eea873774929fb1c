import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  crps,
  isScoringError,
  scoreTile,
  scoreTileDetailed,
  ScoreWorkspace,
  type ScoringRules,
} from "../src/index.ts";
import { observedBlocks } from "../src/observed-blocks.ts";
import { priceChanges } from "../src/price-changes.ts";
import { intervalSteps, parseIntervals } from "../src/scoring-interval.ts";
import { lcgRows, toNumber, toTile } from "./fixtures/numbers.ts";
import vectors from "./fixtures/tiles.json" with { type: "json" };

const intervalSets: Record<string, Record<string, number>> = vectors.intervals;
const invalidArgument: unknown = expect.toSatisfy((error) =>
  isScoringError(error, "invalid-argument"),
);

function rulesOf({ intervals, time_increment }: { intervals: string; time_increment: number }) {
  return {
    timeIncrementSeconds: time_increment,
    intervals: intervalSets[intervals] ?? {},
  } satisfies ScoringRules;
}

/** Upstream writes a row per evaluation, one per interval, and one overall. */
function detailRows({ score, evaluations }: ReturnType<typeof scoreTileDetailed>): number {
  if (score.status !== "scored") return 1;
  expect(evaluations).toHaveLength(score.evaluations);
  return evaluations.length + Object.keys(score.intervals).length + 1;
}

/** Upstream's total: -1 stands for a tile with a price of 0, and a total that is no number is no score here. */
function outcomeOf(total: number | string) {
  if (total === -1) return { status: "invalid", reason: "zero-price" };
  if (!Number.isFinite(toNumber(total))) return { status: "invalid", reason: "not-finite" };
  return { status: "scored", crps: total };
}

function basisPoints(from: number, to: number): number {
  return ((to - from) / from) * 10_000;
}

describe("intervals", () => {
  it.each(vectors.interval_steps)(
    "of $interval s are $expected steps of $increment s",
    (vector) => {
      expect(intervalSteps(vector.interval, vector.increment)).toBe(vector.expected);
    },
  );

  it.each(vectors.price_changes)("turn a path into values: $id", (vector) => {
    const path = Float64Array.from(vector.path, toNumber);
    const suffix = (vector.abs ? "_abs" : "") + (vector.gap ? "_gaps" : "");
    const [interval] = parseIntervals({ [`x${suffix}`]: vector.steps }, 1, path.length);
    expect(interval).toBeDefined();
    if (interval === undefined) return;
    expect(Array.from(priceChanges(path, interval))).toEqual(vector.expected.map(toNumber));
  });

  it("take the end of the path for a horizon beyond it", () => {
    expect(parseIntervals({ a_abs: 86400, b: 86400, c_gaps: 86400 }, 300, 3)).toEqual([
      { name: "a_abs", kind: "price", strideSteps: 2, valueCount: 1 },
      { name: "b", kind: "change", strideSteps: 288, valueCount: 0 },
      { name: "c_gaps", kind: "gap", strideSteps: 288, valueCount: 0 },
    ]);
    expect(parseIntervals({ a_abs: 300 }, 300, 1)).toEqual([
      { name: "a_abs", kind: "price", strideSteps: 1, valueCount: 0 },
    ]);
  });

  it.each([{}, { "60": 60 }, { a: 29 }, { a: 0 }, { a: -60 }, { a: Number.NaN }, { a: Infinity }])(
    "reject %j",
    (intervals) => {
      expect(() => parseIntervals(intervals, 30, 3)).toThrow(invalidArgument);
    },
  );
});

describe("observedBlocks", () => {
  it.each(vectors.label_observed_blocks)("of $in", (vector) => {
    const values = Float64Array.from(vector.in, toNumber);
    const labels = Array.from(values, () => -1);
    for (const [block, { from, to }] of observedBlocks(values).entries())
      labels.fill(block, from, to);
    expect(labels).toEqual(vector.expected);
  });
});

describe("scoreTile", () => {
  it.each(vectors.crps_for_miner)("$id: $expected_total exactly", (vector) => {
    const shape = { simulations: vector.sims.length, steps: vector.real.length };
    const realized = Float64Array.from(vector.real, toNumber);
    const rules = rulesOf(vector);
    const detailed = scoreTileDetailed(toTile(vector.sims), shape, realized, rules);
    const { score, evaluations } = detailed;
    expect(scoreTile(toTile(vector.sims), shape, realized, rules)).toEqual(score);

    expect(score).toMatchObject(outcomeOf(vector.expected_total));
    expect(detailRows(detailed)).toBe(vector.expected_detail_entries ?? detailRows(detailed));
    const parts = Object.entries(score.status === "scored" ? score.intervals : {}).map(
      ([interval, total]) => ({
        interval,
        increments: evaluations.filter((evaluation) => evaluation.interval === interval).length,
        total,
      }),
    );
    expect(parts).toEqual(vector.expected_intervals ?? parts);
  });

  it("h20 with six prices missing", () => {
    const vector = vectors.crps_for_miner.find(({ id }) => id === "h20");
    expect(vector).toBeDefined();
    if (vector === undefined) return;
    const realized = Float64Array.from(vector.real, toNumber);
    for (const step of [3, 4, 17, 30, 31, 45]) realized[step] = Number.NaN;
    const shape = { simulations: 20, steps: 61 };
    const detailed = scoreTileDetailed(toTile(vector.sims), shape, realized, rulesOf(vector));
    expect(detailed.score).toMatchObject({ status: "scored", crps: 76.40610946132668 });
    expect(detailRows(detailed)).toBe(115);
  });

  it.each(vectors.crps_full_tiles)("$id: a tile of full size, exactly", (vector) => {
    const { generator } = vector;
    const shape = { simulations: generator.sims, steps: generator.points };
    const tile = toTile(lcgRows(generator));
    const [real = []] = lcgRows({ ...generator, seed: generator.real_seed, sims: 1 });
    const realized = Float64Array.from(real);
    const rules = rulesOf(vector);

    const detailed = scoreTileDetailed(tile, shape, realized, rules);
    expect(detailed.score).toMatchObject({ status: "scored", crps: vector.expected_total });
    expect(detailRows(detailed)).toBe(vector.expected_detail_entries);
    const sums = detailed.score.status === "scored" ? detailed.score.intervals : {};
    for (const { interval, total } of vector.expected_intervals ?? []) {
      expect(sums[interval]).toBe(total);
    }
    expect(scoreTile(Float32Array.from(tile), shape, realized, rules)).toMatchObject({
      status: "scored",
      crps: vector.expected_total_after_float32_roundtrip,
    });
  });

  it("gives one workspace the scores of many", () => {
    const rules = { timeIncrementSeconds: 60, intervals: { a: 60, b_abs: 120, c_gaps: 120 } };
    const realized = Float64Array.of(100, 101, 99);
    const workspace = new ScoreWorkspace();
    const price = fc.double({ min: 50, max: 150, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(price),
        (simulations, prices) => {
          const tile = Float64Array.from(prices.take(3 * simulations));
          const shape = { simulations, steps: 3 };
          const fresh = scoreTile(tile, shape, realized, rules);
          expect(scoreTile(tile, shape, realized, rules, workspace)).toEqual(fresh);
        },
      ),
    );
  });

  it("sees what changed since the tile before", () => {
    const shape = { simulations: 2, steps: 4 };
    const tile = Float32Array.of(100, 100, 101, 103, 99, 104, 98, 107);
    const workspace = new ScoreWorkspace();
    const realized = Float64Array.of(100, 101, 102, 104);
    const intervals: Record<string, number> = { a: 60, b_abs: 120 };
    const rules = { timeIncrementSeconds: 60, intervals };
    const changes: (() => unknown)[] = [
      () => (realized[2] = 103),
      () => (realized[1] = Number.NaN),
      () => realized.set([100, 101, 102, 104]),
      () => (intervals["a"] = 120),
      () => delete intervals["b_abs"],
      () => (intervals["c_gaps"] = 60),
      () => (rules.timeIncrementSeconds = 30),
      () => Object.assign(rules, { estimator: "fair" }),
      () => undefined,
    ];
    for (const change of changes) {
      change();
      const score = scoreTile(tile, shape, realized, rules, workspace);
      expect(score).toEqual(scoreTile(tile, shape, realized, rules));
    }
    realized[3] = 0;
    expect(() => scoreTile(tile, shape, realized, rules, workspace)).toThrow(invalidArgument);
  });

  it("is the sum of plain scores, with a price scaled by the last one", () => {
    const tile = Float64Array.of(100, 100, 101, 103, 99, 104);
    const realized = Float64Array.of(100, 102, 104);
    const shape = { simulations: 2, steps: 3 };
    const rules = { timeIncrementSeconds: 60, intervals: { p_abs: 60, g_gaps: 60 } };
    expect(scoreTile(tile, shape, realized, rules)).toEqual({
      status: "scored",
      evaluations: 3,
      intervals: {
        p_abs: (crps([101, 103], 102) / 104) * 10_000 + (crps([99, 104], 104) / 104) * 10_000,
        g_gaps: crps([basisPoints(100, 101), basisPoints(100, 103)], basisPoints(100, 102)),
      },
      crps: expect.any(Number),
    });
  });
});

describe("a tile that spoils its own score", () => {
  const rules = rulesOf({ intervals: "low", time_increment: 300 });

  it.each(vectors.poison_cases)("$id: upstream's total is $upstream_total", (vector) => {
    const shape = { simulations: vector.tile.length, steps: vector.realized.length };
    const score = scoreTile(toTile(vector.tile), shape, Float64Array.from(vector.realized), rules);
    expect(score).toMatchObject(outcomeOf(vector.upstream_total));
  });

  it.each([
    [1e-307, "zero-price"], // rounds to 0 in float32
    [0, "zero-price"],
    [-0, "zero-price"],
    [Infinity, "not-finite"],
    [-Infinity, "not-finite"],
  ])("has the float32 price %d: %s", (price, reason) => {
    const realized = Float64Array.of(100, 100.5, 101);
    const tile = Float32Array.of(100, 100, price, 100, 100, 100);
    const score = scoreTile(tile, { simulations: 2, steps: 3 }, realized, rules);
    expect(score).toEqual({ status: "invalid", reason });
  });

  it("of which every member is NaN", () => {
    const tile = new Float32Array(6).fill(Number.NaN);
    const realized = Float64Array.of(100, 100.5, 101);
    expect(scoreTile(tile, { simulations: 2, steps: 3 }, realized, rules)).toEqual({
      status: "invalid",
      reason: "not-finite",
    });
  });

  it("never puts a bare NaN or infinity into a score", () => {
    const shape = { simulations: 3, steps: 4 };
    const realized = fc.array(
      fc.oneof(fc.constant(Number.NaN), fc.double({ min: 1e-3, max: 1e9, noNaN: true })),
      { minLength: 4, maxLength: 4 },
    );
    const tile = fc.array(fc.double(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(tile, realized, (values, path) => {
        const score = scoreTile(Float64Array.from(values), shape, Float64Array.from(path), rules);
        const numbers =
          score.status === "scored" ? [score.crps, ...Object.values(score.intervals)] : [];
        expect(numbers.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a call that cannot be", () => {
  const tile = new Float32Array(6).fill(1);
  const realized = Float64Array.of(1, 1, 1);
  const rules = { timeIncrementSeconds: 60, intervals: { a: 60 } };
  it.each([
    ["another length of the tile", { simulations: 3, steps: 3 }, realized, rules],
    ["no simulations", { simulations: 0, steps: 3 }, realized, rules],
    ["half a step", { simulations: 2.4, steps: 2.5 }, realized, rules],
    ["a shorter realized path", { simulations: 2, steps: 3 }, realized.subarray(1), rules],
    ["a realized price of 0", { simulations: 2, steps: 3 }, Float64Array.of(1, 0, 1), rules],
    ["an infinite one", { simulations: 2, steps: 3 }, Float64Array.of(1, -Infinity, 1), rules],
    ["no increment", { simulations: 2, steps: 3 }, realized, { ...rules, timeIncrementSeconds: 0 }],
  ])("%s", (_, shape, path, rule) => {
    expect(() => scoreTile(tile, shape, path, rule)).toThrow(invalidArgument);
    expect(() => scoreTileDetailed(tile, shape, path, rule)).toThrow(invalidArgument);
  });
});
