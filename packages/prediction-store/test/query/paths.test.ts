import { assert, asyncProperty, constantFrom } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  crossingDirections,
  queryBandPaths,
  queryBandPoints,
  queryCrossings,
  stepCount,
  type BandPoints,
  type CrossingDirection,
  type StepRange,
} from "../../src/index.ts";
import { request } from "../store/open-test-store.ts";
import {
  collect,
  ensembles,
  pathsOf,
  publishEnsemble,
  rangeEnds,
  rangeOf,
  type Ensemble,
} from "./oracle.ts";

const levels = constantFrom(97, 98, 99.5, 100, 102, 16_000.1);

/** The first step at which a path crosses, in plain words. */
function firstCrossing(
  path: readonly number[],
  level: number,
  direction: CrossingDirection,
  { from, to }: StepRange,
): number | undefined {
  for (let step = from + 1; step < to; step += 1) {
    const [before = 0, now = 0] = [path[step - 1], path[step]];
    const up = before < Math.fround(level) && now >= Math.fround(level);
    const down = before > Math.fround(level) && now <= Math.fround(level);
    if ((up && direction !== "down") || (down && direction !== "up")) return step;
  }
  return undefined;
}

function isInside(value: number, low: number, high: number): boolean {
  return value >= Math.fround(low) && value <= Math.fround(high);
}

/** One miner with one path a text, a price a step. */
function ensembleOf(...paths: readonly (readonly number[])[]): Ensemble {
  const steps = paths[0]?.length ?? 0;
  const values = Array.from({ length: steps }, (_, step) => paths.map((path) => path[step] ?? 0));
  const of = { ...request, simulations: paths.length, timeLengthSeconds: 300 * (steps - 1) };
  return { request: of, tiles: new Map([[1, Float32Array.from(values.flat())]]) };
}

/** First crossings of paths given as prices, `-` for none. */
async function crossings(
  direction: CrossingDirection,
  ...paths: readonly (readonly number[])[]
): Promise<(number | "-")[]> {
  const { published } = await publishEnsemble(ensembleOf(...paths));
  const found = (await collect(queryCrossings(published, { level: 100, direction }))).get(1);
  if (found === undefined || found instanceof Error) throw new Error("no finding");
  return paths.map((_, path) => {
    const at = found.simulations.indexOf(path);
    return at === -1 ? "-" : (found.firstSteps[at] ?? "-");
  });
}

describe("crossings", () => {
  test("a path that comes to the level has crossed it, one that leaves it has not", async () => {
    const paths = [
      [99, 101, 99],
      [101, 99, 101],
      [99, 100, 99],
      [101, 100, 101],
      [100, 101, 101],
      [100, 99, 99],
      [99, 100, 101],
      [100, 100, 100],
      [99, Number.NaN, 101],
      [-Infinity, Infinity, -Infinity],
    ];
    expect(await crossings("up", ...paths)).toEqual([1, 2, 1, "-", "-", "-", 1, "-", "-", 1]);
    expect(await crossings("down", ...paths)).toEqual([2, 1, "-", 1, "-", "-", "-", "-", "-", 2]);
    expect(await crossings("either", ...paths)).toEqual([1, 1, 1, 1, "-", "-", 1, "-", "-", 1]);
  });

  test("a price equals the level that is written with the same digits", async () => {
    const { published } = await publishEnsemble(ensembleOf([16_000, 16_000.1]));
    const found = await collect(queryCrossings(published, { level: 16_000.1 }));
    expect(found.get(1)).toMatchObject({ firstSteps: Uint32Array.of(1) });
  });

  test("are found over the border of two panels", async () => {
    const path = Array.from({ length: 70 }, (_, step) => (step < 32 ? 99 : 101));
    const late = Array.from({ length: 70 }, (_, step) => (step < 64 ? 99 : 101));
    expect(await crossings("up", path, late)).toEqual([32, 64]);
  });

  test("are those of materialised paths", async () => {
    await assert(
      asyncProperty(
        ensembles(),
        rangeEnds,
        levels,
        constantFrom(...crossingDirections),
        async (ensemble, ends, level, direction) => {
          const { published } = await publishEnsemble(ensemble);
          const steps = rangeOf(ends, stepCount(ensemble.request));
          const found = await collect(queryCrossings(published, { level, direction, steps }));
          expect([...found.keys()]).toEqual([...ensemble.tiles.keys()]);
          for (const [minerId, result] of found) {
            const expected = pathsOf(ensemble, minerId).flatMap((path, simulation) => {
              const step = firstCrossing(path, level, direction, steps);
              return step === undefined ? [] : [[simulation, step] as const];
            });
            expect(result).toEqual({
              simulations: Uint32Array.from(expected, ([simulation]) => simulation),
              firstSteps: Uint32Array.from(expected, ([, step]) => step),
            });
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([Number.NaN, Infinity, 1e39])("of the level %d are refused", async (level) => {
    const { published } = await publishEnsemble(ensembleOf([99, 101]));
    await expect(collect(queryCrossings(published, { level }))).rejects.toMatchObject({
      code: "invalid-query",
    });
  });

  test.each([
    { from: 0, to: 3 },
    { from: 1, to: 1 },
  ])("of the steps %j are refused", async (steps) => {
    const { published } = await publishEnsemble(ensembleOf([99, 101]));
    await expect(collect(queryCrossings(published, { level: 100, steps }))).rejects.toMatchObject({
      code: "invalid-slice",
    });
  });
});

const bands = constantFrom(
  { low: 99, high: 101 },
  { low: 100, high: 100 },
  { low: 100 },
  { high: 16_000.1 },
  { low: -1e30, high: 1e30 },
);

describe("a band", () => {
  test("holds the paths that never leave it, as materialised paths say", async () => {
    await assert(
      asyncProperty(ensembles(), rangeEnds, bands, async (ensemble, ends, band) => {
        const { published } = await publishEnsemble(ensemble);
        const steps = rangeOf(ends, stepCount(ensemble.request));
        const found = await collect(queryBandPaths(published, { ...band, steps }));
        expect([...found.keys()]).toEqual([...ensemble.tiles.keys()]);
        for (const [minerId, result] of found) {
          const { low = -Infinity, high = Infinity }: { low?: number; high?: number } = band;
          const expected = pathsOf(ensemble, minerId).flatMap((path, simulation) =>
            path.slice(steps.from, steps.to).every((value) => isInside(value, low, high))
              ? [simulation]
              : [],
          );
          expect(result).toEqual({ simulations: Uint32Array.from(expected) });
        }
      }),
      { numRuns: 150 },
    );
  });

  test("gives its points in batches, as materialised paths say", async () => {
    await assert(
      asyncProperty(
        ensembles(),
        rangeEnds,
        bands,
        constantFrom(1, 3, 1000),
        async (ensemble, ends, band, batchPoints) => {
          const { published } = await publishEnsemble(ensemble);
          const steps = rangeOf(ends, stepCount(ensemble.request));
          const { low = -Infinity, high = Infinity }: { low?: number; high?: number } = band;
          const expected: [number, number, number, number][] = [];
          for (const minerId of ensemble.tiles.keys()) {
            const paths = pathsOf(ensemble, minerId);
            for (let step = steps.from; step < steps.to; step += 1) {
              for (const [simulation, path] of paths.entries()) {
                const value = path[step] ?? 0;
                if (isInside(value, low, high)) expected.push([minerId, step, simulation, value]);
              }
            }
          }
          const points: typeof expected = [];
          const query = { ...band, steps, batchPoints };
          for await (const { answer, found } of queryBandPoints(published, query)) {
            expect(found?.values.length).toBeGreaterThan(0);
            expect(found?.values.length).toBeLessThanOrEqual(batchPoints);
            points.push(...pointList(answer.minerId, found));
          }
          expect(points).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([{}, { low: 2, high: 1 }, { low: Number.NaN }, { low: 1, batchPoints: 0 }])(
    "%j is refused",
    async (band) => {
      const { published } = await publishEnsemble(ensembleOf([99, 101]));
      const refused = { code: "invalid-query" };
      const points = collect(queryBandPoints(published, band));
      await expect(points).rejects.toMatchObject(refused);
      if ("batchPoints" in band) return;
      await expect(collect(queryBandPaths(published, band))).rejects.toMatchObject(refused);
    },
  );
});

function pointList(
  minerId: number,
  found: BandPoints | undefined,
): [number, number, number, number][] {
  if (found === undefined) return [];
  return [...found.values].map((value, index) => [
    minerId,
    found.steps[index] ?? 0,
    found.simulations[index] ?? 0,
    value,
  ]);
}
