import { openPredictions } from "@foretile/app-kit";
import { requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { jsonLines, runScorer } from "./support/run-scorer.ts";
import {
  createStore,
  minutePrices,
  START,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "./support/scored-store.ts";

const request = tinyRequest();
const key = requestKey(request);
const prices = minutePrices(START - 600, 40);

/** How many versions the score record of the request has. */
async function scoreVersions(url: string): Promise<number> {
  await using opened = await openPredictions(url, "read");
  let version = 0;
  while ((await opened.predictions.readScores(key, { asOf: version + 1 })) !== undefined) {
    version += 1;
  }
  return version;
}

test("scoring again prints the stored scores and computes nothing, unless asked to", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const argv = ["score", "--store", url, "--prices", path, "--threads", "1"];

  const first = await runScorer(argv);
  expect(first.stdout).toContain(
    "1 requests scored with 1 tiles, 0 scored before, 0 left for later",
  );
  const second = await runScorer(argv);
  expect(second.stdout).toContain(
    "0 requests scored with 0 tiles, 1 scored before, 0 left for later",
  );
  const third = await runScorer([...argv, "--rescore"]);
  expect(third.stdout).toBe(first.stdout);
  expect(second.stdout.split("\n").slice(0, 3)).toEqual(first.stdout.split("\n").slice(0, 3));
  expect(await scoreVersions(url)).toBe(1);
});

test("other prices and a next version are scored anew", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]);
  const argv = ["score", "--store", url, "--threads", "1", "--json"];
  const path = await writePrices(folder.path, prices);
  const [first] = jsonLines(await runScorer([...argv, "--prices", path]));

  await writePrices(folder.path, minutePrices(START - 600, 40, [START + 60]));
  const [withGap] = jsonLines(await runScorer([...argv, "--prices", path]));
  expect(withGap?.["crps"]).not.toBe(first?.["crps"]);

  await opened.predictions.publish(request, [validAnswer(2, walks(request, 2))]);
  await opened[Symbol.asyncDispose]();
  const both = jsonLines(await runScorer([...argv, "--prices", path]));
  expect(both.map((line) => [line["version"], line["miner_id"]])).toEqual([
    [2, 1],
    [2, 2],
  ]);
  expect(await scoreVersions(url)).toBe(3);
});

test("an older version is scored as it was, and its scores are not stored", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 2))]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const argv = ["score", "--store", url, "--prices", path, "--threads", "1", "--json"];

  const older = jsonLines(await runScorer([...argv, "--request", key, "--version", "1"]));
  expect(older).toMatchObject([{ version: 1, status: "scored" }]);
  expect(await scoreVersions(url)).toBe(0);

  const newest = jsonLines(await runScorer([...argv, "--request", key, "--version", "2"]));
  expect(newest).toMatchObject([{ version: 2, status: "scored" }]);
  expect(newest[0]?.["crps"]).not.toBe(older[0]?.["crps"]);
  expect(await scoreVersions(url)).toBe(1);
});

test("a dry run stores nothing", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]);
  await opened[Symbol.asyncDispose]();
  const path = await writePrices(folder.path, prices);
  const argv = ["score", "--store", url, "--prices", path, "--threads", "1"];
  const run = await runScorer([...argv, "--dry-run", "--json"]);
  expect(jsonLines(run)).toMatchObject([{ status: "scored" }]);
  expect(await scoreVersions(url)).toBe(0);
});
