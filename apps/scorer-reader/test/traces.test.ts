import { openPredictions } from "@foretile/app-kit";
import { requestKey } from "@foretile/prediction-store";
import { DIGEST_TRACES, SCORE_TRACES, TRACE_TILE_SIZE } from "@foretile/prediction-store/traces";
import { temporaryFolder } from "@foretile/testkit";
import { openTraceStore } from "@foretile/trace-store";
import { expect, test } from "vitest";

import { jsonLines, runScorer } from "./support/run-scorer.ts";
import {
  createStore,
  malformedAnswer,
  minutePrices,
  START,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "./support/scored-store.ts";

const request = tinyRequest();
const later = tinyRequest({ startUnixSeconds: START + 300 });

/** A store with two requests, of which miners 1 and 3 send one tile, and the arguments that score it. */
async function publishedStore(folder: string) {
  const { url, opened } = await createStore(folder);
  for (const one of [request, later]) {
    const tile = walks(one, 1);
    const answers = [validAnswer(1, tile), malformedAnswer(2), validAnswer(3, tile)];
    await opened.predictions.publish(one, answers);
  }
  await opened[Symbol.asyncDispose]();
  const prices = await writePrices(folder, minutePrices(START - 600, 60));
  return { url, argv: ["score", "--store", url, "--prices", prices, "--threads", "1", "--json"] };
}

/** Versions of the tiles of both sets. */
async function tileVersions(url: string): Promise<readonly number[]> {
  await using opened = await openPredictions(url, "read");
  const versions: number[] = [];
  for (const set of [SCORE_TRACES, DIGEST_TRACES]) {
    const store = await openTraceStore({ library: opened.library, set });
    for await (const { version } of store.listTiles()) versions.push(version);
  }
  return versions;
}

/** Values of one miner's totals and whether its tile is somebody else's, by position from the first request on. */
async function traced(url: string, miner: string) {
  await using opened = await openPredictions(url, "read");
  const { library } = opened;
  const scores = await openTraceStore({ library, set: SCORE_TRACES, valueType: "float64" });
  const [from, to] = [START / 60, START / 60 + 6];
  const where = { field: "crps", miner };
  const matrix = await scores.readMatrix(from, to, { where });
  const digests = await openTraceStore({ library, set: DIGEST_TRACES });
  const same = await digests.same(from);
  return {
    totals: Array.from(matrix.values).filter((_, index) => matrix.states[index] === 1),
    invalid: Array.from(matrix.states).filter((state) => state === 2).length,
    same: same.map(({ ids }) => ids),
  };
}

test("scoring traces every score and every tile, once", async () => {
  await using folder = await temporaryFolder();
  const { url, argv } = await publishedStore(folder.path);
  const first = await runScorer(argv);
  expect(first.exitCode).toBe(0);
  const totals = jsonLines(first)
    .filter((line) => line["miner_id"] === 1)
    .map((line) => line["crps"]);
  expect(totals).toHaveLength(2);
  const ids = [",asset=BTC,label=tiny,miner=1,", ",asset=BTC,label=tiny,miner=3,"];
  expect(await traced(url, "1")).toEqual({ totals, invalid: 0, same: [ids] });
  expect(await traced(url, "2")).toMatchObject({ totals: [], invalid: 2 });

  const versions = await tileVersions(url);
  for (const more of [[], ["--rescore"]]) {
    expect((await runScorer([...argv, ...more])).stdout).toBe(first.stdout);
    expect(await tileVersions(url)).toEqual(versions);
  }
});

test("scores are stored though they cannot be traced, and are traced by the next run that can", async () => {
  await using folder = await temporaryFolder();
  const { url, argv } = await publishedStore(folder.path);
  {
    // Somebody has a set of that name, with other values.
    await using opened = await openPredictions(url, "write");
    const traces = { set: SCORE_TRACES, valueType: "float32", tileSize: TRACE_TILE_SIZE } as const;
    const store = await openTraceStore({ library: opened.library, ...traces });
    await store.append(0, [{ params: { host: "a" }, value: 1 }]);
  }
  const failed = await runScorer(argv);
  expect(failed.exitCode).toBe(6);
  expect(failed.stderr).toContain("scored and stored, but not in the traces: trace set holds");
  expect(jsonLines(failed)).toHaveLength(6);
  {
    await using opened = await openPredictions(url, "write");
    const { library, predictions } = opened;
    expect(await predictions.readScores(requestKey(request))).toMatchObject({ requestVersion: 1 });
    for await (const batch of library.listSymbols({ prefix: `trace/${SCORE_TRACES}` })) {
      for (const { symbol } of batch) if (symbol !== undefined) await library.delete(symbol);
    }
  }
  expect(await runScorer(["leaderboard", "--store", url])).toMatchObject({ exitCode: 0 });
  const next = await runScorer(argv);
  expect(next).toMatchObject({ exitCode: 0, stdout: failed.stdout });
  expect((await traced(url, "1")).totals).toHaveLength(2);
});

test("what is not stored is not traced", async () => {
  await using folder = await temporaryFolder();
  const { url, argv } = await publishedStore(folder.path);
  expect((await runScorer([...argv, "--dry-run"])).exitCode).toBe(0);
  await using opened = await openPredictions(url, "read");
  await expect(
    openTraceStore({ library: opened.library, set: SCORE_TRACES }),
  ).rejects.toMatchObject({ code: "no-such-set" });
});
