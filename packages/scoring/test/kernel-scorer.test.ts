import { KernelMemory } from "@foretile/kernels";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { CrpsEstimator } from "../src/crps-weights.ts";
import { crps, fairCrps, scoreTile, ScoreWorkspace } from "../src/index.ts";
import { KernelScorer } from "../src/kernel-scorer.ts";
import { PlainScorer } from "../src/plain-scorer.ts";
import { memberChanges } from "../src/price-changes.ts";
import { scoreEvaluations } from "../src/score-evaluations.ts";
import { parseIntervals } from "../src/scoring-interval.ts";
import { observeIntervals, type TileEvaluation, tileEvaluations } from "../src/tile-evaluations.ts";

const estimators: readonly CrpsEstimator[] = ["plain", "fair"];
const steps = 6;
const intervals = parseIntervals({ a: 1, b: 2, c_gaps: 3, d_abs: 1, e_abs: 9 }, 1, steps);

function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Paths of one kind each: what forecasts look like, and what spoils buckets. */
const kinds: Record<string, (normal: () => number, member: number) => number> = {
  "a random walk": (normal) => Math.exp(0.002 * normal()),
  "equal paths": () => 1.001,
  "many ties": (normal) => 1 + Math.round(normal()) / 1000,
  "fat tails": (normal) => Math.exp(0.001 * normal() ** 7),
  "one huge outlier": (normal, member) => (member === 3 ? 1e6 : Math.exp(0.002 * normal())),
  "two clusters": (normal, member) => (member % 2 === 0 ? 1 : 50) + 1e-4 * normal(),
  "tiny prices": (normal) => 1e-9 * Math.exp(normal()),
};

function pathsOf(kind: string, simulations: number, seed: number): Float32Array {
  const normal = normals(seed);
  const factor = kinds[kind] ?? (() => 1);
  const tile = new Float32Array(simulations * steps);
  for (let member = 0; member < simulations; member += 1) {
    let price = 104_856.23;
    for (let step = 0; step < steps; step += 1) {
      tile[step * simulations + member] = price;
      price *= factor(normal, member);
    }
  }
  return tile;
}

const tiles = fc
  .record({
    kind: fc.constantFrom(...Object.keys(kinds)),
    simulations: fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(63, 64, 65, 255, 1000, 1023),
    ),
    seed: fc.integer(),
    spoilt: fc.array(
      fc.tuple(fc.nat(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 1e-45, 3e38)),
      { maxLength: 2 },
    ),
  })
  .map(({ kind, simulations, seed, spoilt }) => {
    const tile = pathsOf(kind, simulations, seed);
    // Two kinds sink to zero in float32, which is another outcome.
    for (const [at, price] of tile.entries()) if (price === 0) tile[at] = 1e-45;
    for (const [at, price] of spoilt) tile[at % tile.length] = price;
    return { simulations, tile };
  });

const observations = fc.oneof(
  fc.constant("member" as const),
  fc.constantFrom(-1e9, 0, 1e-3, 20, 104_856.23, 1e9),
);

/** Every evaluation of the intervals, with one observation, or with the value of a member. */
function evaluationsOf(
  tile: Float32Array,
  simulations: number,
  observation: number | "member",
): TileEvaluation[] {
  const path = Float64Array.from({ length: steps }, (_, step) => 100 + step);
  const members = new Float64Array(simulations);
  return tileEvaluations(observeIntervals(path, intervals)).map((evaluation) => {
    memberChanges(tile, evaluation.interval, evaluation.index, members);
    const member = members[evaluation.index % simulations] as number;
    const tie = Number.isNaN(member) ? 0 : member;
    return { ...evaluation, observation: observation === "member" ? tie : observation };
  });
}

describe.each(estimators)("the kernel and its plain twin, %s", (estimator) => {
  const workspace = new ScoreWorkspace();

  it("give the same bits for any tile", () => {
    fc.assert(
      fc.property(tiles, observations, ({ simulations, tile }, observation) => {
        const evaluations = evaluationsOf(tile, simulations, observation);
        const plain = new PlainScorer(simulations, estimator);
        const expected = evaluations.map((evaluation) => plain.score(tile, evaluation));
        const scores = scoreEvaluations(tile, simulations, evaluations, estimator, workspace);
        expect([...(scores ?? [])]).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("are the definition to 1e-12", () => {
    for (const kind of Object.keys(kinds)) {
      for (const simulations of [2, 3, 150, 1000]) {
        const tile = pathsOf(kind, simulations, simulations).map((price) => price || 1e-45);
        const evaluations = evaluationsOf(tile, simulations, "member").filter(
          (_, number) => number % 7 === 0,
        );
        const scores = scoreEvaluations(tile, simulations, evaluations, estimator, workspace);
        const members = new Float64Array(simulations);
        for (const [number, evaluation] of evaluations.entries()) {
          memberChanges(tile, evaluation.interval, evaluation.index, members);
          const { distance, spread } = byDefinition(members, evaluation.observation);
          const pairs = estimator === "fair" ? simulations * (simulations - 1) : simulations ** 2;
          const expected = distance - spread / pairs;
          const error = Math.abs((scores?.[number] ?? Number.NaN) - expected);
          expect(error, `${kind} ${simulations}`).toBeLessThanOrEqual(1e-12 * distance);
        }
      }
    }
  });
});

/** Mean |x - y|, and the sum of |x - x'| over pairs; added up with what each addition loses (Neumaier 1974). */
function byDefinition(members: Float64Array, y: number): { distance: number; spread: number } {
  const distance = exactSum();
  const spread = exactSum();
  for (const [index, x] of members.entries()) {
    distance.add(Math.abs(x - y));
    for (let other = 0; other < index; other += 1) spread.add(Math.abs(x - (members[other] ?? 0)));
  }
  return { distance: distance.total() / members.length, spread: spread.total() };
}

function exactSum(): { add(value: number): void; total(): number } {
  let sum = 0;
  let lost = 0;
  return {
    add: (value) => {
      const next = sum + value;
      lost += sum >= value ? sum - next + value : value - next + sum;
      sum = next;
    },
    total: () => sum + lost,
  };
}

describe("the kernel alone", () => {
  const kernel = KernelScorer.create(undefined);
  const found = (tile: Float32Array, simulations: number) =>
    kernel?.score(tile, simulations, evaluationsOf(tile, simulations, 1), "plain");

  it.each(Object.keys(kinds))("leaves none of %s", (kind) => {
    const tile = pathsOf(kind, 1000, 1).map((price) => price || 1e-45);
    expect(found(tile, 1000)?.left.length).toBe(0);
  });

  it("leaves what is not finite", () => {
    const tile = pathsOf("a random walk", 1000, 1);
    tile[1000] = Number.NaN;
    // Both changes and the price that meet there.
    expect([...(found(tile, 1000)?.left ?? [])]).toEqual([0, 1, 8]);
  });

  it.each([0, -0])("finds a price of %d anywhere", (zero) => {
    for (const at of [0, 1, 15, 16, 17, 7 * steps - 1]) {
      const tile = pathsOf("a random walk", 7, 1);
      tile[at] = zero;
      expect(found(tile, 7)?.zeroPrice).toBe(true);
    }
    expect(found(pathsOf("a random walk", 7, 1), 7)?.zeroPrice).toBe(false);
  });

  it("leaves ensembles of more than 2^15 members to the plain way", () => {
    expect(found(new Float32Array(6 * 32_769).fill(1), 32_769)).toBeUndefined();
  });
});

describe("scoreTile", () => {
  const simulations = 100;
  const shape = { simulations, steps };
  const realized = Float64Array.of(100, 101, Number.NaN, 99, 98, 100);
  const rules = { timeIncrementSeconds: 1, intervals: { a: 1, b: 2, c_gaps: 3, d_abs: 1 } };
  const tile = pathsOf("a random walk", simulations, 9);

  it("scores a tile of shared memory in place, and does without memory that is full", () => {
    const expected = scoreTile(Float64Array.from(tile), shape, realized, rules);
    const memory = new KernelMemory(100_000);
    const inside = memory.float32(tile.length);
    inside.set(tile);
    const free = memory.freeBytes;
    expect(scoreTile(inside, shape, realized, rules, new ScoreWorkspace({ memory }))).toEqual(
      expected,
    );
    // Weights, buckets and rows, but no second tile.
    expect(free - memory.freeBytes).toBeLessThan(4 * tile.length + 10_000);
    expect([...inside]).toEqual([...tile]);

    const full = new ScoreWorkspace({ memory: new KernelMemory(64) });
    expect(scoreTile(tile, shape, realized, rules, full)).toEqual(expected);
  });

  it("takes the fair estimator as a rule", () => {
    const fair = scoreTile(tile, shape, realized, {
      timeIncrementSeconds: 1,
      intervals: { a_gaps: 1 },
      estimator: "fair",
    });
    const members = new Float64Array(simulations);
    memberChanges(tile, { kind: "gap", strideSteps: 1 }, 0, members);
    const score = fair.status === "scored" ? fair.crps : Number.NaN;
    expect(score).toBeCloseTo(fairCrps(members, 100), 9);
    expect(score).toBeLessThan(crps(members, 100));
  });

  it("has no fair score of one member", () => {
    const one = { simulations: 1, steps: 2 };
    const fair = { ...rules, intervals: { a: 1 }, estimator: "fair" as const };
    expect(scoreTile(Float32Array.of(1, 2), one, Float64Array.of(1, 2), fair)).toEqual({
      status: "invalid",
      reason: "not-finite",
    });
  });
});
