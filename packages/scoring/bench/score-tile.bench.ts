import { KernelMemory } from "@foretile/kernels";
import { test } from "vitest";

import { crpsWeights } from "../src/crps-weights.ts";
import { crps, scoreTile, ScoreWorkspace } from "../src/index.ts";
import { MemberSorter } from "../src/member-sorter.ts";
import { sortedCrps } from "../src/sorted-crps.ts";

// One tile of the low label: 1000 geometric Brownian paths of 289 points, 345 ensembles to score.
const simulations = 1000;
const steps = 289;
const shape = { simulations, steps };
const rules = {
  timeIncrementSeconds: 300,
  intervals: { "5min": 300, "30min": 1800, "3hour": 10800, "24hour_abs": 86400 },
};
const normal = normals(7);
const tile = new Float32Array(simulations * steps);
for (let s = 0; s < simulations; s += 1) {
  let price = 80_000;
  for (let t = 0; t < steps; t += 1) {
    tile[t * simulations + s] = price;
    price *= Math.exp(0.002 * normal());
  }
}
const realized = Float64Array.from({ length: steps }, (_, t) => tile[t * simulations] ?? 0);

const sorter = new MemberSorter(simulations);
for (let s = 0; s < simulations; s += 1) sorter.members[s] = normal();
const engineSorted = new Float64Array(simulations);

const weights = crpsWeights(simulations, "plain");

const workspace = new ScoreWorkspace();
const memory = new KernelMemory(4 * 2 ** 20);
const inMemory = memory.float32(tile.length);
inMemory.set(tile);
const sharing = new ScoreWorkspace({ memory });
// Without room for the kernel the plain code does the work.
const plain = new ScoreWorkspace({ memory: new KernelMemory(16) });

test("one ensemble of 1000 members", async ({ bench }) => {
  await bench.compare(
    bench("buckets and insertion, then the score", () => {
      sorter.sort();
      sortedCrps(sorter.sorted, weights, 0.1);
    }),
    bench("Float64Array.sort, then the score", () => {
      engineSorted.set(sorter.members);
      engineSorted.sort();
      sortedCrps(engineSorted, weights, 0.1);
    }),
    bench("the plain form", () => {
      crps(sorter.members, 0.1);
    }),
  );
});

// The copy of the tile into the kernel's memory is part of the first.
test("one tile of 1000 by 289: 345 ensembles", async ({ bench }) => {
  await bench.compare(
    bench("kernel", () => {
      scoreTile(tile, shape, realized, rules, workspace);
    }),
    bench("kernel, tile in its memory", () => {
      scoreTile(inMemory, shape, realized, rules, sharing);
    }),
    bench("plain code", () => {
      scoreTile(tile, shape, realized, rules, plain);
    }),
  );
});

/** Normal deviates from a 32-bit linear congruential generator by Box and Muller. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
