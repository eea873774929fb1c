import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  double,
  nat,
  property,
  uniqueArray,
} from "fast-check";
import { describe, expect, test } from "vitest";
import {
  queryMoments,
  queryPooledMoments,
  queryPooledQuantiles,
  queryQuantiles,
  querySteps,
  stepCount,
  type Moments,
} from "../../src/index.ts";
import { quantile } from "../../src/query/quantile.ts";
import {
  collect,
  ensembles,
  finiteEnsembles,
  pathsOf,
  publishEnsemble,
  rangeEnds,
  rangeOf,
  type Ensemble,
} from "./oracle.ts";

/** The prices of one step of some miners, materialised. */
function columnOf(ensemble: Ensemble, minerIds: Iterable<number>, step: number): number[] {
  return [...minerIds].flatMap((id) => pathsOf(ensemble, id).map((path) => path[step] ?? 0));
}

describe("steps", () => {
  test("are those of materialised paths, for any steps and simulations", async () => {
    await assert(
      asyncProperty(
        ensembles(),
        array(nat(1000), { minLength: 1, maxLength: 5 }),
        array(nat(1000), { minLength: 1, maxLength: 3 }),
        async (ensemble, someSteps, some) => {
          const { published } = await publishEnsemble(ensemble);
          const wanted = someSteps.map((step) => step % stepCount(ensemble.request));
          const members = some.map((member) => member % ensemble.request.simulations);
          const query = { steps: wanted, simulations: members };
          const found = await collect(querySteps(published, query));
          const steps = [...new Set(wanted)].toSorted((a, b) => a - b);
          const simulations = [...new Set(members)].toSorted((a, b) => a - b);
          expect([...found.keys()]).toEqual([...ensemble.tiles.keys()]);
          for (const [minerId, result] of found) {
            const paths = pathsOf(ensemble, minerId);
            const values = steps.flatMap((step) =>
              simulations.map((simulation) => paths[simulation]?.[step] ?? 0),
            );
            expect(result).toEqual({ steps, simulations, values: Float32Array.from(values) });
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("are all of them unless some are named", async () => {
    const tile = Float32Array.from({ length: 140 }, (_, index) => index);
    const { published } = await publishEnsemble(twoPaths(tile));
    const found = (await collect(querySteps(published))).get(1);
    expect(found).toMatchObject({ simulations: [0, 1], values: tile });
    const range = (await collect(querySteps(published, { steps: { from: 31, to: 33 } }))).get(1);
    expect(range).toMatchObject({ steps: [31, 32], values: Float32Array.of(62, 63, 64, 65) });
  });

  test.each([
    [{ steps: [] }, "invalid-slice"],
    [{ steps: [70] }, "invalid-slice"],
    [{ steps: [-1] }, "invalid-slice"],
    [{ steps: { from: 0, to: 71 } }, "invalid-slice"],
    [{ simulations: [] }, "invalid-query"],
    [{ simulations: [2] }, "invalid-query"],
    [{ simulations: [0.5] }, "invalid-query"],
  ])("%j are refused", async (query, code) => {
    const { published } = await publishEnsemble(twoPaths(new Float32Array(140)));
    await expect(collect(querySteps(published, query))).rejects.toMatchObject({ code });
  });
});

function twoPaths(tile: Float32Array<ArrayBuffer>): Ensemble {
  const request = {
    label: "test",
    asset: "BTC",
    startUnixSeconds: 0,
    timeIncrementSeconds: 300,
    timeLengthSeconds: 300 * 69,
    simulations: 2,
  };
  return { request, tiles: new Map([[1, tile]]) };
}

/** Type 7 by its definition: between the two members around the position (n − 1) p. */
function plainQuantile(values: readonly number[], probability: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * probability;
  const [low = 0, high = 0] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return low + (high - low) * (position - Math.floor(position));
}

describe("quantiles", () => {
  test("are numpy's", () => {
    // numpy.quantile(numpy.array([1, 2, 4, 8, 16.5]), p)
    const sorted = Float32Array.of(1, 2, 4, 8, 16.5);
    const expected = [
      [0, 1],
      [0.1, 1.4],
      [0.25, 2],
      [0.3, 2.4],
      [0.5, 4],
      [0.9, 13.1],
      [0.99, 16.16],
      [1, 16.5],
    ] as const;
    for (const [probability, value] of expected) {
      expect(quantile(sorted, probability)).toBeCloseTo(value, 13);
    }
  });

  test("next to an infinity are that infinity, of a NaN are NaN", () => {
    const infinite = Float32Array.of(-Infinity, 1, Infinity);
    const found = [0, 0.1, 0.5, 0.9, 1].map((probability) => quantile(infinite, probability));
    expect(found).toEqual([-Infinity, -Infinity, 1, Infinity, Infinity]);
    expect(quantile(Float32Array.of(-Infinity, Infinity), 0.5)).toBeNaN();
    expect(quantile(Float32Array.of(Infinity, Infinity), 0.5)).toBe(Infinity);
    expect(quantile(Float32Array.of(1, 2, Number.NaN), 0)).toBeNaN();
    expect(quantile(new Float32Array(), 0)).toBeNaN();
  });

  test("never leave the values and never fall", () => {
    assert(
      property(
        array(double({ noNaN: true, min: -1e38, max: 1e38 }), { minLength: 1 }),
        (numbers) => {
          const sorted = Float32Array.from(numbers).sort();
          const found = Array.from({ length: 41 }, (_, index) => quantile(sorted, index / 40));
          expect(found[0]).toBe(sorted[0]);
          expect(found.at(-1)).toBe(sorted.at(-1));
          for (const [index, value] of found.entries()) {
            expect(value).toBeGreaterThanOrEqual(found[index - 1] ?? -Infinity);
          }
        },
      ),
    );
  });

  test("of each miner and of all are those of materialised paths", async () => {
    const probabilities = [0.5, 0, 1, 0.05, 0.95];
    await assert(
      asyncProperty(
        finiteEnsembles,
        rangeEnds,
        constantFrom(0, 100, 1e9),
        async (ensemble, ends, maxPoolBytes) => {
          const { published } = await publishEnsemble(ensemble);
          const steps = rangeOf(ends, stepCount(ensemble.request));
          const query = { probabilities, steps, maxPoolBytes };
          const expected = (minerIds: readonly number[]): number[] =>
            Array.from({ length: steps.to - steps.from }, (_, index) => {
              const column = columnOf(ensemble, minerIds, steps.from + index);
              return probabilities.map((probability) =>
                column.length === 0 ? Number.NaN : plainQuantile(column, probability),
              );
            }).flat();
          for (const [minerId, found] of await collect(queryQuantiles(published, query))) {
            if (found instanceof Error) throw found;
            expectClose(found.quantiles, expected([minerId]));
          }
          const pooled = await queryPooledQuantiles(published, query);
          expect(pooled.minerIds).toEqual([...ensemble.tiles.keys()]);
          expectClose(pooled.quantiles, expected([...ensemble.tiles.keys()]));
        },
      ),
      { numRuns: 80 },
    );
  });

  test.each([[[]], [[-0.1]], [[1.1]], [[Number.NaN]], [Array.from({ length: 1001 }, () => 0.5)]])(
    "%j are refused",
    async (probabilities) => {
      const { published } = await publishEnsemble(twoPaths(new Float32Array(140)));
      const refused = { code: "invalid-query" };
      const each = collect(queryQuantiles(published, { probabilities }));
      await expect(each).rejects.toMatchObject(refused);
      const pooled = queryPooledQuantiles(published, { probabilities });
      await expect(pooled).rejects.toMatchObject(refused);
    },
  );
});

describe("moments", () => {
  test("of each miner and of all are those of materialised paths", async () => {
    await assert(
      asyncProperty(
        finiteEnsembles,
        uniqueArray(nat(1000), { minLength: 1, maxLength: 4 }),
        async (ensemble, some) => {
          const { published } = await publishEnsemble(ensemble);
          const steps = some.map((step) => step % stepCount(ensemble.request));
          for (const [minerId, found] of await collect(queryMoments(published, { steps }))) {
            if (found instanceof Error) throw found;
            expectMoments(found, (at) => columnOf(ensemble, [minerId], found.steps[at] ?? 0));
          }
          const pooled = await queryPooledMoments(published, { steps });
          expect(pooled.minerIds).toEqual([...ensemble.tiles.keys()]);
          const minerIds = [...ensemble.tiles.keys()];
          expectMoments(pooled, (at) => columnOf(ensemble, minerIds, pooled.steps[at] ?? 0));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("do not lose a small variance in a large mean", async () => {
    const tile = Float32Array.from({ length: 140 }, (_, index) => 8_388_608 + (index % 2));
    const { published } = await publishEnsemble(twoPaths(tile));
    const found = (await collect(queryMoments(published, { steps: [3] }))).get(1);
    expect(found).toMatchObject({
      means: Float64Array.of(8_388_608.5),
      variances: Float64Array.of(0.25),
    });
  });

  test("of NaN are NaN, of an infinity the mean is infinite", async () => {
    const tile = new Float32Array(140).fill(5);
    tile[0] = Number.NaN;
    tile[2] = Infinity;
    const ensemble = twoPaths(tile);
    const two = {
      ...ensemble,
      tiles: new Map([
        [1, tile],
        [2, tile],
      ] as const),
    };
    const { published } = await publishEnsemble(two);
    const expected = {
      means: Float64Array.of(Number.NaN, Infinity),
      variances: Float64Array.of(Number.NaN, Number.NaN),
      mins: Float64Array.of(Number.NaN, 5),
      maxs: Float64Array.of(Number.NaN, Infinity),
    };
    expect((await collect(queryMoments(published, { steps: [0, 1] }))).get(2)).toMatchObject(
      expected,
    );
    expect(await queryPooledMoments(published, { steps: [0, 1] })).toMatchObject({
      ...expected,
      count: 4,
    });
  });
});

function expectMoments(found: Moments, columnAt: (index: number) => number[]): void {
  for (const [index, mean] of found.means.entries()) {
    const column = columnAt(index);
    expect(found.count).toBe(column.length);
    const plainMean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const squares = column.reduce((sum, value) => sum + (value - plainMean) ** 2, 0);
    expectClose([mean, found.variances[index] ?? 0], [plainMean, squares / column.length]);
    const [min, max] = column.length === 0 ? [Number.NaN, Number.NaN] : extremes(column);
    expect([found.mins[index], found.maxs[index]]).toEqual([min, max]);
  }
}

function extremes(column: readonly number[]): [number, number] {
  const sorted = column.toSorted((left, right) => left - right);
  return [sorted[0] ?? 0, sorted.at(-1) ?? 0];
}

/** Equal to 1e-12 of the value; NaN equals NaN. */
function expectClose(found: Iterable<number>, expected: readonly number[]): void {
  const list = [...found];
  const isClose = list.map((value, index) => {
    const wanted = expected[index] ?? 0;
    return Object.is(value, wanted) || Math.abs(value - wanted) <= 1e-12 * Math.abs(wanted);
  });
  expect({ list, isClose }).toEqual({ list, isClose: expected.map(() => true) });
}
