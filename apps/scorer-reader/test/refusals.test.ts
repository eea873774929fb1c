import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { AppError, openPredictions } from "@foretile/app-kit";
import { requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runScorer } from "./support/run-scorer.ts";
import {
  createStore,
  malformedAnswer,
  minutePrices,
  silentAnswer,
  START,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "./support/scored-store.ts";

const request = tinyRequest();
const key = requestKey(request);
const prices = minutePrices(START - 600, 40);

async function codeOf(argv: readonly string[]): Promise<number> {
  return (await runScorer(argv)).exitCode;
}

test("a request that prices do not cover is said, left for later and not stored; others are scored", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  const later = tinyRequest({ startUnixSeconds: START + 3600 });
  for (const each of [request, later]) {
    await opened.predictions.publish(each, [validAnswer(1, walks(each, 1))]);
  }
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const argv = ["score", "--store", url, "--prices", path, "--json", "--threads", "1"];

  const run = await runScorer(argv);
  expect(run.exitCode).toBe(6);
  expect(jsonLines(run).map((line) => line["request"])).toEqual([key]);
  expect(run.stderr).toContain(
    `"request":"${requestKey(later)}","msg":"not scored, left for later: prices do not go on behind its last step`,
  );
  {
    await using again = await openPredictions(url, "read");
    expect(await again.predictions.readScores(requestKey(later))).toBeUndefined();
  }

  await writePrices(folder.path, minutePrices(START - 600, 120));
  const full = await runScorer(argv);
  expect(full.exitCode).toBe(0);
  expect(jsonLines(full)).toHaveLength(2);
});

test("when nobody answered well, everyone has a status and nobody a prompt score", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(request, [silentAnswer(1), malformedAnswer(2)]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const run = await runScorer(["score", "--store", url, "--prices", path, "--json"]);
  expect(run.exitCode).toBe(0);
  expect(jsonLines(run)).toMatchObject([
    { miner_id: 1, status: "missing", reason: "no_process_time", prompt_score: null },
    { miner_id: 2, status: "invalid", reason: "path_count", prompt_score: null },
  ]);
});

test("prices of one asset are not taken for another's", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  for (const asset of ["BTC", "ETH"]) {
    const each = tinyRequest({ asset });
    await opened.predictions.publish(each, [validAnswer(1, walks(each, 1))]);
  }
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const argv = ["score", "--store", url, "--prices", path, "--threads", "1"];

  const unclear = await runScorer(argv);
  expect(unclear).toMatchObject({ exitCode: 2, stdout: "" });
  expect(unclear.stderr).toBe(
    "foretile-scorer: the requests are of several assets assets=BTC,ETH\n" +
      "hint: a price file is of one asset: say which with --asset\n",
  );
  const chosen = jsonLines(await runScorer([...argv, "--asset", "ETH", "--json"]));
  expect(chosen.map((line) => line["asset"])).toEqual(["ETH"]);
  const byKey = jsonLines(await runScorer([...argv, "--request", key, "--json"]));
  expect(byKey.map((line) => line["asset"])).toEqual(["BTC"]);
  const contradiction = await runScorer([...argv, "--request", key, "--asset", "ETH"]);
  expect(contradiction.exitCode).toBe(2);
});

test.each([
  ["", 2, "the file holds no prices"],
  ["timestamp,price\n60,1\n60,2\n", 2, "two prices for one timestamp timestamp=60 line=2"],
  ["60,1\nabc\n", 2, "a row is timestamp,price fields=1 line=2"],
])("the price file %j ends the run with %i", async (text, exitCode, message) => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened[Symbol.asyncDispose]();
  const path = join(folder.path, "prices.csv");
  await writeFile(path, text);
  const run = await runScorer(["score", "--store", url, "--prices", path]);
  expect(run.exitCode).toBe(exitCode);
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain(`file=${path}`);
});

test("wrong arguments and missing things have exit codes of their own", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const score = ["score", "--prices", path];

  expect(await codeOf(["score", "--store", url])).toBe(2);
  expect(await codeOf([...score])).toBe(2);
  expect(await codeOf([...score, "--store", "nowhere:x"])).toBe(2);
  expect(await codeOf([...score, "--store", url, "--threads", "0"])).toBe(2);
  expect(await codeOf([...score, "--store", url, "--version", "1"])).toBe(2);
  expect(await codeOf([...score, "--store", url, "--request", "nonsense"])).toBe(2);
  expect(await codeOf(["score", "--prices", `${path}x`, "--store", url])).toBe(3);
  expect(await codeOf([...score, "--store", url, "--request", key])).toBe(3);
  expect(await codeOf([...score, "--store", `lmdb:${folder.path}/none`])).toBe(5);
  expect(await codeOf([...score, "--store", url])).toBe(0);
  expect(await codeOf([...score, "--store", "memory:empty"])).toBe(0);
});

test("an interrupted run says so and stores nothing of what it was doing", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const signal = AbortSignal.abort(new AppError("interrupted", "interrupted signal=SIGINT"));
  const run = await runScorer(["score", "--store", url, "--prices", path], { signal });
  expect(run.exitCode).toBe(130);
  expect(run.stdout).toBe("");
  await using again = await openPredictions(url, "read");
  expect(await again.predictions.readScores(key)).toBeUndefined();
});
