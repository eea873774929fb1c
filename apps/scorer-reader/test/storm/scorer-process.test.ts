import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { openPredictions } from "@foretile/app-kit";
import { SOURCE_ARGUMENTS, temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import {
  createStore,
  minutePrices,
  START,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "../support/scored-store.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Enough lines to fill every buffer between the program and its reader many times over. */
const REQUESTS = 24;
const MINERS = 100;

type Scorer = ChildProcessByStdio<null, Readable, null>;

function startScorer(url: string, prices: string): Scorer {
  const argv = ["score", "--store", url, "--prices", prices, "--threads", "2", "--json"];
  return spawn(process.execPath, [...SOURCE_ARGUMENTS, main, ...argv], {
    stdio: ["ignore", "pipe", "ignore"],
  });
}

async function exitCodeOf(scorer: Scorer): Promise<number | null> {
  const [code] = (await once(scorer, "exit")) as [number | null];
  return code;
}

async function publishRequests(folder: string): Promise<{ url: string; prices: string }> {
  const { url, opened } = await createStore(folder);
  for (let index = 0; index < REQUESTS; index += 1) {
    const request = tinyRequest({ startUnixSeconds: START + index * 60 });
    const answers = Array.from({ length: MINERS }, (_, id) => validAnswer(id, walks(request, id)));
    await opened.predictions.publish(request, answers);
  }
  await opened[Symbol.asyncDispose]();
  return { url, prices: await writePrices(folder, minutePrices(START - 600, 60)) };
}

async function countScored(url: string): Promise<number> {
  await using opened = await openPredictions(url, "read");
  let count = 0;
  for await (const scores of opened.predictions.listScores()) {
    expect(scores.miners).toHaveLength(MINERS);
    count += 1;
  }
  return count;
}

test("an interrupted process ends in order, and the next run does the rest", async () => {
  await using folder = await temporaryFolder();
  const { url, prices } = await publishRequests(folder.path);

  const scorer = startScorer(url, prices);
  const ended = exitCodeOf(scorer);
  await once(scorer.stdout, "readable");
  // It cannot come to its end while nobody takes its lines.
  scorer.kill("SIGINT");
  scorer.stdout.resume();
  expect(await ended).toBe(130);
  const scored = await countScored(url);
  expect(scored).toBeGreaterThan(0);
  expect(scored).toBeLessThan(REQUESTS);

  const next = startScorer(url, prices);
  next.stdout.resume();
  expect(await exitCodeOf(next)).toBe(0);
  expect(await countScored(url)).toBe(REQUESTS);
});

test("a process whose reader goes away ends quietly", async () => {
  await using folder = await temporaryFolder();
  const { url, prices } = await publishRequests(folder.path);
  const scorer = startScorer(url, prices);
  const ended = exitCodeOf(scorer);
  await once(scorer.stdout, "readable");
  scorer.stdout.destroy();
  expect(await ended).toBe(141);
  expect(await countScored(url)).toBeLessThan(REQUESTS);
});
