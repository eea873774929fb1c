import { createPredictions } from "@foretile/app-kit";
import { requestKey, type ScoreSet } from "@foretile/prediction-store";
import { expect, test } from "vitest";

import { computeLeaderboard, type Leaderboard } from "../src/leaderboard/leaderboard.ts";
import { jsonLines, runScorer } from "./support/run-scorer.ts";
import { START, TINY } from "./support/scored-store.ts";

const LABELS = [
  { ...TINY, assetCoefficients: { BTC: 1, XAU: 3 }, emissionShare: 0.5, softmaxBeta: -0.1 },
  { ...TINY, label: "other", emissionShare: 0.25, softmaxBeta: -1 },
];

/** Scores as stored: prompt scores by miner id, uid = id + 100 unless said otherwise. */
function scoreSet(
  place: { readonly label?: string; readonly asset?: string; readonly minute: number },
  promptScores: Readonly<Record<number, number | undefined>>,
  facts: { readonly p90?: number; readonly best?: number; readonly uid?: number } = {},
): ScoreSet {
  const { label = "tiny", asset = "BTC", minute } = place;
  return {
    requestKey: requestKey({ label, asset, startUnixSeconds: START + minute * 60 }),
    requestVersion: 1,
    requestVersionHash: "0".repeat(64),
    scoredBy: "test",
    pricesHash: "0".repeat(64),
    missingPriceCount: 0,
    percentile90: facts.p90 ?? 30,
    bestCrps: facts.best ?? 10,
    miners: Object.entries(promptScores).map(([id, promptScore]) => ({
      minerId: Number(id),
      minerUid: facts.uid ?? Number(id) + 100,
      status: promptScore === undefined ? "missing" : "scored",
      ...(promptScore === undefined ? { reason: "damaged" } : { crps: promptScore + 10 }),
      intervals: {},
      promptScore,
    })),
  };
}

let stores = 0;

async function leaderboardOf(
  sets: readonly ScoreSet[],
  options: { readonly atUnixSeconds?: number; readonly label?: string } = {},
): Promise<Leaderboard | undefined> {
  stores += 1;
  await using opened = await createPredictions(`memory:leaderboard-${stores}`, { labels: LABELS });
  for (const scores of sets) await opened.predictions.writeScores(scores);
  return await computeLeaderboard(opened.predictions, {
    atUnixSeconds: START + 3600,
    ...options,
    onDamaged: (error) => {
      throw error;
    },
  });
}

test("averages weigh assets, new miners are charged for what they missed, weights are a softmax", async () => {
  const board = await leaderboardOf([
    scoreSet({ minute: 0 }, { 1: 2, 2: 8 }),
    scoreSet({ asset: "XAU", minute: 1 }, { 1: 4, 2: undefined, 3: 0 }, { p90: 50, best: 5 }),
  ]);
  const [tiny] = board?.labels ?? [];
  // Miner 1: (2·1 + 4·3) / 4. Miner 2: only BTC counts. Miner 3: missed BTC at 30 − 10, then 0 at XAU.
  const averages = [3.5, 5, 8];
  const powers = [Math.exp(-0.35), Math.exp(-0.5), Math.exp(-0.8)];
  const sum = powers.reduce((a, b) => a + b);
  expect(tiny).toMatchObject({ label: "tiny", windowDays: 1, requestCount: 2 });
  expect(tiny?.standings.map(({ minerId, minerUid }) => [minerId, minerUid])).toEqual([
    [1, 101],
    [3, 103],
    [2, 102],
  ]);
  expect(tiny?.standings.map(({ average }) => average)).toEqual(averages);
  for (const [index, standing] of (tiny?.standings ?? []).entries()) {
    expect(standing.weight).toBeCloseTo(((powers[index] ?? 0) / sum) * 0.5, 14);
  }
});

test("weights of labels add up", async () => {
  const board = await leaderboardOf([
    scoreSet({ minute: 0 }, { 1: 0, 2: 0 }),
    scoreSet({ label: "other", minute: 0 }, { 2: 0, 3: 0 }),
  ]);
  expect(board?.combined).toEqual([
    { minerId: 2, minerUid: 102, weight: 0.375 },
    { minerId: 1, minerUid: 101, weight: 0.25 },
    { minerId: 3, minerUid: 103, weight: 0.125 },
  ]);
  const only = await leaderboardOf(
    [scoreSet({ minute: 0 }, { 1: 0 }), scoreSet({ label: "other", minute: 0 }, { 2: 0 })],
    { label: "other" },
  );
  expect(only?.combined).toEqual([{ minerId: 2, minerUid: 102, weight: 0.25 }]);
});

test("the window is the label's, up to the moment asked for", async () => {
  const day = 24 * 60;
  const sets = [
    scoreSet({ minute: 0 }, { 1: 10 }),
    scoreSet({ minute: 1 }, { 1: 20 }),
    scoreSet({ minute: day }, { 1: 40 }),
    scoreSet({ minute: day + 1 }, { 1: 80 }),
  ];
  const end = START + day * 60 + TINY.timeLengthSeconds;
  const standing = async (atUnixSeconds: number): Promise<unknown> => {
    const label = (await leaderboardOf(sets, { atUnixSeconds }))?.labels[0];
    return [label?.requestCount, label?.standings[0]?.average];
  };
  expect(await standing(end - 1)).toEqual([2, 15]);
  expect(await standing(end)).toEqual([2, 30]);
  expect(await standing(end + 60)).toEqual([2, 60]);
  expect(await standing(START)).toEqual([undefined, undefined]);
});

test("a slot belongs to who answered from it last", async () => {
  const board = await leaderboardOf([
    scoreSet({ minute: 5 }, { 9: 3 }, { uid: 7 }),
    scoreSet({ minute: 0 }, { 1: 0 }, { uid: 7 }),
  ]);
  expect(board?.labels[0]?.standings.map(({ minerId }) => minerId)).toEqual([9]);
  expect(board?.combined).toMatchObject([{ minerId: 9, minerUid: 7, weight: 0.5 }]);
});

test("a request in which nobody was scored does not count", async () => {
  const { percentile90: _, bestCrps: __, ...nobody } = scoreSet({ minute: 0 }, { 2: undefined });
  const board = await leaderboardOf([nobody, scoreSet({ minute: 1 }, { 1: 3 })]);
  expect(board?.labels[0]).toMatchObject({ requestCount: 1 });
  expect(board?.labels[0]?.standings).toMatchObject([{ minerId: 1, average: 3 }]);
});

test("the command prints lines and tables, from the newest scores unless told otherwise", async () => {
  const url = "memory:leaderboard-command";
  await using opened = await createPredictions(url, { labels: LABELS });
  const scores = scoreSet({ minute: 0 }, { 1: 0, 2: 0 });
  await opened.predictions.publish(
    {
      label: "tiny",
      asset: "BTC",
      startUnixSeconds: START,
      timeIncrementSeconds: 60,
      timeLengthSeconds: 600,
      simulations: 8,
    },
    [],
  );
  await opened.predictions.writeScores(scores);

  const lines = jsonLines(await runScorer(["leaderboard", "--store", url, "--json"]));
  const at = "2017-12-05T12:10:00Z";
  const [first, second] = [
    { rank: 1, miner_id: 1, miner_uid: 101 },
    { rank: 2, miner_id: 2, miner_uid: 102 },
  ];
  expect(lines).toEqual([
    { leaderboard: "tiny", at, ...first, average: 0, weight: 0.25 },
    { leaderboard: "tiny", at, ...second, average: 0, weight: 0.25 },
    { leaderboard: "all labels", at, ...first, average: null, weight: 0.25 },
    { leaderboard: "all labels", at, ...second, average: null, weight: 0.25 },
  ]);

  const table = await runScorer(["leaderboard", "--store", url, "--label", "tiny"]);
  expect(table.stdout).toBe(
    [
      "leaderboard of tiny: 1 request in the 1 days up to 2017-12-05T12:10:00Z",
      "RANK  MINER  UID  AVERAGE    WEIGHT",
      "   1      1  101    0.000  0.250000",
      "   2      2  102    0.000  0.250000",
      "",
    ].join("\n"),
  );
  const early = await runScorer(["leaderboard", "--store", url, "--at", "2017-12-05T12:09:59Z"]);
  expect(early).toMatchObject({ exitCode: 0, stdout: "" });
  expect(early.stderr).toContain("no scores are stored for a leaderboard");
});
