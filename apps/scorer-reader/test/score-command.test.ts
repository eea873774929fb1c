import { openPredictions } from "@foretile/app-kit";
import { requestKey, type ScoreSet } from "@foretile/prediction-store";
import { promptScores, realizedPath, scoreTile } from "@foretile/scoring";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runScorer } from "./support/run-scorer.ts";
import {
  createStore,
  malformedAnswer,
  minutePrices,
  silentAnswer,
  START,
  TINY,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "./support/scored-store.ts";

const request = tinyRequest();
const key = requestKey(request);
const prices = minutePrices(START - 600, 40, [START + 240]);
const shape = { simulations: 8, steps: 11 };

/** The plain way from a tile to a score. */
function plainScore(seed: number): { crps: number; intervals: Readonly<Record<string, number>> } {
  const candles = prices.map(([unixSeconds, price]) => ({ unixSeconds, price }));
  const grid = { startUnixSeconds: START, timeIncrementSeconds: 60, steps: 11 };
  const realized = realizedPath(candles, grid);
  if (realized.status !== "covered") throw new Error("not covered");
  const score = scoreTile(walks(request, seed), shape, realized.path, {
    timeIncrementSeconds: 60,
    intervals: TINY.intervals,
  });
  if (score.status !== "scored") throw new Error("not scored");
  return score;
}

test("scores, prints and stores every miner as scoring's plain functions say", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  const answers = [1, 2, 3].map((seed) => validAnswer(1000 + seed, walks(request, seed)));
  await opened.predictions.publish(request, [
    ...answers,
    silentAnswer(1004),
    malformedAnswer(1005),
  ]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);

  const run = await runScorer(["score", "--store", url, "--prices", path, "--json"]);
  expect(run.exitCode).toBe(0);

  const expected = [1, 2, 3].map(plainScore);
  const prompt = promptScores([...expected.map(({ crps }) => crps), undefined, undefined]);
  if (prompt.status !== "scored") throw new Error("no prompt scores");
  const common = {
    request: key,
    label: "tiny",
    asset: "BTC",
    start_time: "2017-12-05T12:00:00Z",
    version: 1,
  };
  expect(jsonLines(run)).toEqual([
    ...expected.map(({ crps, intervals }, index) => ({
      ...common,
      miner_id: 1001 + index,
      miner_uid: 233 + index,
      status: "scored",
      reason: null,
      crps,
      intervals,
      prompt_score: prompt.scores[index],
    })),
    {
      ...common,
      miner_id: 1004,
      miner_uid: 236,
      status: "missing",
      reason: "no_process_time",
      crps: null,
      intervals: {},
      prompt_score: prompt.scores[3],
    },
    {
      ...common,
      miner_id: 1005,
      miner_uid: 237,
      status: "invalid",
      reason: "path_count",
      crps: null,
      intervals: {},
      prompt_score: prompt.scores[4],
    },
  ]);
  expect(run.stdout.split("\n")[0]).toMatch(
    /^\{"request":"tiny\/BTC#1512475200","label":"tiny","asset":"BTC","start_time":"2017-12-05T12:00:00Z","version":1,"miner_id":1001,"miner_uid":233,"status":"scored","reason":null,"crps":[0-9.]+,"intervals":\{"1min":[0-9.]+,"5min":[0-9.]+,"0_2min_gaps":[0-9.]+,"10min_abs":[0-9.]+\},"prompt_score":[0-9.]+\}$/,
  );

  await using again = await openPredictions(url, "read");
  const stored = await again.predictions.readScores(key);
  expect(stored).toMatchObject({
    requestKey: key,
    requestVersion: 1,
    scoredBy: "foretile-scorer 0.0.0",
    missingPriceCount: 1,
    percentile90: prompt.percentile90,
    bestCrps: prompt.lowest,
  } satisfies Partial<ScoreSet>);
  expect(stored?.miners.map(({ promptScore }) => promptScore)).toEqual(prompt.scores);
});

test("a poisoned tile costs its miner the score and nobody else anything", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  const zero = walks(request, 4);
  zero[40] = 0;
  const nothing = walks(request, 5).fill(Number.NaN);
  const infinite = walks(request, 6);
  infinite[40] = Number.POSITIVE_INFINITY;
  const answers = [1, 2, 3].map((seed) => validAnswer(seed, walks(request, seed)));
  await opened.predictions.publish(request, [
    ...answers,
    ...[zero, nothing, infinite].map((tile, index) => validAnswer(4 + index, tile)),
  ]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const argv = ["score", "--store", url, "--prices", path, "--json", "--threads", "1"];
  const run = await runScorer(argv);
  expect(run.exitCode).toBe(0);
  const expected = [1, 2, 3].map((seed) => plainScore(seed).crps);
  const prompt = promptScores([...expected, undefined]);
  if (prompt.status !== "scored") throw new Error("no prompt scores");
  const p90 = prompt.scores[3];
  expect(
    jsonLines(run).map(({ status, reason, crps, prompt_score }) => [
      status,
      reason,
      crps,
      prompt_score,
    ]),
  ).toEqual([
    ...expected.map((crps, index) => ["scored", null, crps, prompt.scores[index]]),
    ["invalid", "zero_price", null, p90],
    ["invalid", "score_not_finite", null, p90],
    ["invalid", "score_not_finite", null, p90],
  ]);
});
