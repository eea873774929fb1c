import { createPredictions, openStore } from "@foretile/app-kit";
import { requestKey, SYNTH_LOW } from "@foretile/prediction-store";
import { toKey } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { rowsAndImported } from "./support/rows-and-imported.ts";
import { jsonLines, runScorer } from "./support/run-scorer.ts";
import { minutePrices, START, TINY, tinyRequest, writePrices } from "./support/scored-store.ts";
import { writeRows } from "./support/upstream-rows.ts";

const request = tinyRequest();
const key = requestKey(request);
const LIBRARY = "memory:score-rows library";
const ROWS = ["--table", "tiny", "--label", "tiny", "--library", LIBRARY];

async function library(): Promise<void> {
  await createPredictions(LIBRARY, { labels: [TINY] }).catch(() => undefined);
}

async function rowsIn(url: string, assets: readonly string[] = ["BTC"]): Promise<void> {
  await library();
  await using store = await openStore(url, "write", { use: "rows" });
  const table = store.table("tiny");
  await table.setFamily("p", {});
  for (const asset of assets) await writeRows(table, tinyRequest({ asset }), [[1], [2]]);
}

test.each(["memory", "lmdb"])(
  "rows in %s are scored where they are, as if they had been imported",
  async (scheme) => {
    await using folder = await temporaryFolder();
    const url = scheme === "lmdb" ? `lmdb:${folder.path}/rows` : "memory:score-rows";
    if (scheme === "lmdb") await (await openStore(url, "create")).close();
    const { run, expected, damagedCount, stored } = await rowsAndImported(url, folder.path);
    expect(expected.length).toBeGreaterThan(damagedCount);
    expect(jsonLines(run)).toEqual(expected);
    expect(run.stderr.match(/tile not scored, damaged/g)).toHaveLength(damagedCount);
    expect(run.exitCode).toBe(4);
    expect(stored).toEqual([undefined, undefined]);
  },
);

test("Synth's labels need no library", async () => {
  await using folder = await temporaryFolder();
  const url = "memory:score-rows synth";
  const low = { ...request, ...SYNTH_LOW, label: "low" };
  {
    await using store = await openStore(url, "write", { use: "rows" });
    const table = store.table("low");
    await table.setFamily("p", {});
    await writeRows(table, low, [[1]]);
  }
  const minutes = SYNTH_LOW.timeLengthSeconds / 60 + 20;
  const path = await writePrices(folder.path, minutePrices(START - 600, minutes));
  const argv = ["score", "--store", url, "--prices", path, "--table", "low", "--label", "low"];
  const run = await runScorer([...argv, "--json"]);
  expect(run.exitCode).toBe(0);
  expect(jsonLines(run)).toMatchObject([
    {
      request: requestKey(low),
      version: null,
      miner_uid: 65_535,
      status: "scored",
      prompt_score: 0,
    },
  ]);
});

test("one request, one asset, or what prices leave for later", async () => {
  await using folder = await temporaryFolder();
  const url = "memory:score-rows some";
  await rowsIn(url, ["BTC", "ETH"]);
  const path = await writePrices(folder.path, minutePrices(START - 600, 40));
  const score = ["score", "--store", url, "--prices", path, ...ROWS];
  const assetsOf = async (...argv: string[]) =>
    jsonLines(await runScorer([...score, "--json", ...argv])).map(({ asset }) => asset);

  expect(await runScorer(score)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("assets=BTC,ETH"),
  });
  expect(await assetsOf("--asset", "ETH")).toEqual(["ETH", "ETH"]);
  expect(await assetsOf("--request", key)).toEqual(["BTC", "BTC"]);
  const text = await runScorer([...score, "--request", key]);
  expect(text.stdout).toContain(`${key} in rows from 2017-12-05T12:00:00Z; 2 scored, 0 invalid`);
  const none = await runScorer([...score, "--request", `tiny/BTC#${START - 600}`]);
  expect(none).toMatchObject({ exitCode: 6, stderr: expect.stringContaining("has no row of it") });

  await writePrices(folder.path, minutePrices(START - 600, 15));
  const early = await runScorer([...score, "--asset", "BTC", "--json"]);
  expect(early).toMatchObject({ exitCode: 6, stdout: "" });
  expect(early.stderr).toContain("prices do not go on behind its last step");
});

test("keys of others are told and skipped", async () => {
  await using folder = await temporaryFolder();
  const url = "memory:score-rows foreign";
  await rowsIn(url);
  {
    await using store = await openStore(url, "write", { use: "rows" });
    const cell = { type: "set-cell", family: "p", qualifier: "d", timestampMicros: 1000 } as const;
    const mutations = [{ ...cell, value: new Uint8Array([1]) }];
    await store.table("tiny").mutateRows([{ key: toKey("__probe__"), mutations }]);
  }
  const path = await writePrices(folder.path, minutePrices(START - 600, 40));
  const run = await runScorer(["score", "--store", url, "--prices", path, ...ROWS, "--json"]);
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain(`"key":"__probe__","msg":"no prediction's key is skipped"`);
  expect(jsonLines(run)).toHaveLength(2);
});

test.each([
  [["--table", "tiny"], 2, "--table needs --label"],
  [["--library", LIBRARY], 2, "--library needs --table"],
  [[...ROWS, "--request", key, "--version", "1"], 2, "rows have no versions"],
  [[...ROWS, "--leaderboard"], 2, "rows have no versions"],
  [[...ROWS, "--rescore"], 2, "rows have no versions"],
  [[...ROWS, "--request", `low/BTC#${START}`], 2, "of another label or asset"],
  [["--table", "tiny", "--label", "tiny"], 3, "no such label label=tiny"],
  [["--table", "No", "--label", "low"], 2, "table"],
])("refuses %j", async (argv, exitCode, message) => {
  await using folder = await temporaryFolder();
  await library();
  const path = await writePrices(folder.path, minutePrices(START - 600, 40));
  const refused = await runScorer(["score", "--store", "memory:", "--prices", path, ...argv]);
  expect(refused).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
});
