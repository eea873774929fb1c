import { describe, expect, test } from "vitest";
import {
  queryBandPaths,
  queryBandPoints,
  queryCrossings,
  queryMoments,
  queryPooledMoments,
  queryPooledQuantiles,
  queryQuantiles,
  querySteps,
  type PublishedRequest,
  type TileFinding,
} from "../../src/index.ts";
import { blobKeys, flipByte, request, tamper, walk } from "../store/open-test-store.ts";
import { collect, countingReads, publishEnsemble } from "./oracle.ts";

const ensemble = {
  request,
  tiles: new Map([1, 2, 4].map((minerId) => [minerId, walk(minerId)] as const)),
};

type Query = (
  published: PublishedRequest,
  steps: { readonly from: number; readonly to: number },
  signal?: AbortSignal,
) => AsyncIterable<TileFinding<unknown>>;

const queries: readonly (readonly [string, Query])[] = [
  ["steps", (published, steps, signal) => querySteps(published, { steps }, { signal })],
  ["moments", (published, steps, signal) => queryMoments(published, { steps }, { signal })],
  [
    "quantiles",
    (published, steps, signal) =>
      queryQuantiles(published, { probabilities: [0.5], steps }, { signal }),
  ],
  [
    "crossings",
    (published, steps, signal) => queryCrossings(published, { level: 1e9, steps }, { signal }),
  ],
  ["band", (published, steps, signal) => queryBandPaths(published, { low: 1, steps }, { signal })],
  [
    "points",
    (published, steps, signal) => queryBandPoints(published, { low: 1, steps }, { signal }),
  ],
];

describe("what is read", () => {
  test.each(queries)("for %s is the panels of the steps and no more", async (_name, query) => {
    for (const [steps, panels] of [
      [{ from: 5, to: 6 }, 1],
      [{ from: 0, to: 32 }, 1],
      [{ from: 31, to: 33 }, 2],
      [{ from: 64, to: 70 }, 1],
      [{ from: 0, to: 70 }, 3],
    ] as const) {
      const reads: string[] = [];
      const { published } = await publishEnsemble(ensemble, { blobs: countingReads(reads) });
      await collect(query(published, steps));
      expect(reads).toHaveLength(3 * panels);
      expect(new Set(reads).size).toBe(reads.length);
    }
  });

  test("for one step of 250 tiles is one panel of each", async () => {
    const tiles = new Map(Array.from({ length: 250 }, (_, id) => [id, walk(id)] as const));
    const reads: string[] = [];
    const options = { blobs: countingReads(reads) };
    const { published, store } = await publishEnsemble({ request, tiles }, options);
    await collect(querySteps(published, { steps: [40] }));
    expect(new Set(reads).size).toBe(250);
    expect(reads).toHaveLength(250);
    expect(await blobKeys(store, "s/")).toHaveLength(750);
  });

  test("for steps far apart leaves out the panels between them", async () => {
    const reads: string[] = [];
    const { published } = await publishEnsemble(ensemble, { blobs: countingReads(reads) });
    await collect(querySteps(published, { steps: [69, 0] }, { minerIds: [2] }));
    expect(reads).toHaveLength(2);
  });

  test("for pooled quantiles is each panel once, when the pool has room for panels", async () => {
    const reads: string[] = [];
    const { published } = await publishEnsemble(ensemble, { blobs: countingReads(reads) });
    await queryPooledQuantiles(published, { probabilities: [0.5] });
    expect(reads).toHaveLength(9);
    const panelBytes = 3 * 7 * 32 * 4;
    await queryPooledQuantiles(published, { probabilities: [0.5], maxPoolBytes: panelBytes });
    expect(reads).toHaveLength(18);
    await queryPooledQuantiles(published, { probabilities: [0.5], maxPoolBytes: 1.5 * panelBytes });
    expect(reads).toHaveLength(27);
    await queryPooledQuantiles(published, { probabilities: [0.5], maxPoolBytes: panelBytes / 2 });
    expect(reads).toHaveLength(27 + 15);
  });
});

describe("a damaged tile", () => {
  test.each(queries)("is told by %s and ends nothing", async (_name, query) => {
    for (const change of [flipByte(60), () => undefined]) {
      const { published, store } = await publishEnsemble(ensemble);
      const [, second = ""] = await segmentsOf(store, published, 2);
      await tamper(store, second, change);
      const found = await collect(query(published, { from: 0, to: 70 }));
      expect([...found.keys()]).toEqual([1, 2, 4]);
      expect(found.get(2)).toMatchObject({ code: "damaged" });
      expect(found.get(1)).not.toBeInstanceOf(Error);
      expect(found.get(4)).not.toBeInstanceOf(Error);
      const elsewhere = await collect(query(published, { from: 0, to: 32 }));
      expect(elsewhere.get(2)).not.toBeInstanceOf(Error);
    }
  });

  test("is left out of what is pooled, at every step", async () => {
    const { published, store } = await publishEnsemble(ensemble);
    const [, , third = ""] = await segmentsOf(store, published, 2);
    await tamper(store, third, flipByte(60));
    const without = { minerIds: [1, 4] };
    const damaged = [{ answer: { minerId: 2 }, error: { code: "damaged" } }];
    // One step at a time: the first steps are done before the damage shows.
    const query = { probabilities: [0, 0.5, 1], maxPoolBytes: 0 };
    const pooled = await queryPooledQuantiles(published, query);
    expect(pooled).toMatchObject({ minerIds: [1, 4], damaged });
    const expected = await queryPooledQuantiles(published, query, without);
    expect(pooled.quantiles).toEqual(expected.quantiles);
    const moments = await queryPooledMoments(published);
    expect(moments).toMatchObject({ minerIds: [1, 4], damaged, count: 14 });
    expect(moments.means).toEqual((await queryPooledMoments(published, {}, without)).means);
  });

  test("gives the points before its damage, each of them sound", async () => {
    const { published, store } = await publishEnsemble(ensemble);
    const [, second = ""] = await segmentsOf(store, published, 2);
    await tamper(store, second, flipByte(60));
    const points: number[] = [];
    for await (const { answer, found } of queryBandPoints(published, { low: 1 })) {
      if (answer.minerId === 2 && found !== undefined) points.push(...found.values);
    }
    expect(points).toEqual([...walk(2).subarray(0, 32 * 7)]);
  });
});

/** Keys of a miner's segments, in order of their panels. */
async function segmentsOf(
  store: Awaited<ReturnType<typeof publishEnsemble>>["store"],
  published: PublishedRequest,
  minerId: number,
): Promise<string[]> {
  const position = published.answers.findIndex((answer) => answer.minerId === minerId);
  return (await blobKeys(store, "s/")).slice(3 * position, 3 * position + 3);
}

test.each(queries)("%s ends with the signal's error", async (_name, query) => {
  const { published } = await publishEnsemble(ensemble);
  const controller = new AbortController();
  controller.abort();
  const found = collect(query(published, { from: 0, to: 70 }, controller.signal));
  await expect(found).rejects.toMatchObject({ code: "aborted" });
});

test("an iteration can stop early", async () => {
  const reads: string[] = [];
  const many = new Map(Array.from({ length: 60 }, (_, id) => [id, walk(id)] as const));
  const options = { blobs: countingReads(reads) };
  const { published } = await publishEnsemble({ request, tiles: many }, options);
  for await (const { answer } of queryCrossings(published, { level: 16_000 })) {
    expect(answer.minerId).toBe(0);
    break;
  }
  // No more than what is fetched ahead: 16 tiles of 3 panels, and one.
  expect(reads.length).toBeLessThanOrEqual(17 * 3);
});
