import { openPredictions, openStore } from "@foretile/app-kit";
import { openValidatorDatabase } from "@foretile/catalog/postgres";
import { importValidator } from "@foretile/importer";
import { temporaryFolder } from "@foretile/testkit";
import { afterAll, beforeEach, expect, test, vi } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { writeUpstreamRows } from "../../support/upstream-rows.ts";
import {
  emptyTarget,
  openValidatorTables,
  predictionText,
  type SavedAnswer,
  START,
  STEPS,
} from "../../support/validator-tables.ts";

const tables = await openValidatorTables();
const { service, client, from } = tables;

afterAll(() => tables[Symbol.asyncDispose]());
beforeEach(() => {
  vi.stubEnv("PGPASSWORD", service.password);
});

async function answerRows(): Promise<unknown[]> {
  return (await client.query("select to_jsonb(p)::text from miner_predictions p order by id")).rows;
}

test("requests and answers of every kind are taken over, counted, and read back", async () => {
  const schema = await tables.newSchema();
  const url = "memory:import all";
  await emptyTarget(url);
  const first = await tables.saveRequest();
  await tables.saveAnswers(first, [
    { minerId: 1, prediction: predictionText("100.25") },
    { minerId: 2, prediction: predictionText("123456.789") },
    { minerId: 3, prediction: predictionText("0") },
    { minerId: 4, prediction: "[]", format: "Response is empty" },
    { minerId: 5, prediction: predictionText("7"), isDeleted: true },
    { minerId: 6, prediction: '{"stored": "bigtable"}' },
    { minerId: null, prediction: predictionText("7") },
  ]);
  // The same once more, with another answer of miner 1, and one of miner 7.
  const again = await tables.saveRequest();
  await tables.saveAnswers(again, [
    { minerId: 1, prediction: predictionText("200.5") },
    { minerId: 7, prediction: '{"stored": "elsewhere"}' },
  ]);
  await tables.saveAnswers(await tables.saveRequest("ETH"), [
    { minerId: 1, prediction: predictionText("9"), isDeleted: true },
  ]);
  await tables.saveRequest("BTC", START, 12_345);
  const later = await tables.saveRequest("BTC", START + 3600);
  await tables.saveAnswers(later, [
    { minerId: 2, prediction: predictionText("0.5", START + 3600) },
  ]);

  const argv = ["import", "--from", from, "--schema", schema, "--store", url, "--json"];
  const imported = await runForetile(argv);
  expect(imported).toMatchObject({ exitCode: 6, errors: "" });
  // Requests are taken over two at a time, and either may end first; the summary comes last.
  const [summary, ...problems] = jsonLines(imported.output).toReversed();
  const inOrder = problems
    .toReversed()
    .toSorted((a, b) => Number(a["request"]) - Number(b["request"]));
  expect([...inOrder, summary]).toMatchObject([
    { type: "problem", kind: "lost", request: first, message: "the row names no miner" },
    { type: "problem", kind: "lost", request: first, miner_id: 6 },
    { type: "problem", kind: "refused", message: expect.stringContaining("time_length=12345") },
    {
      type: "summary",
      requests: 5,
      published: 3,
      unchanged: 0,
      empty: 1,
      refused: 1,
      answers: 11,
      valid: 3,
      invalid: 1,
      rejected: 3,
      deleted: 2,
      lost: 2,
      problems: 3,
      verified: 7,
      complete: true,
    },
  ]);

  await using opened = await openPredictions(url, "read");
  const published = await opened.predictions.read(`tiny/BTC#${START}`);
  expect(published.answers).toMatchObject([
    { minerId: 1, minerUid: 101, status: "valid", processTimeSeconds: 1.5 },
    { minerId: 2, status: "invalid", reason: "price_too_many_digits" },
    { minerId: 3, status: "invalid", reason: "price_not_positive" },
    { minerId: 4, status: "invalid", reason: "empty", message: "Response is empty" },
    { minerId: 7, status: "invalid", reason: "not_a_sequence" },
  ]);
  expect(published.version).toBe(2);
  // The later answer counts, and the earlier one is in the version before.
  expect([...new Set(await published.readTile(1))]).toEqual([200.5]);
  const before = await opened.predictions.read(`tiny/BTC#${START}`, { asOf: 1 });
  expect([...new Set(await before.readTile(1))]).toEqual([100.25]);
});

test("it goes on where it ended, and changes nothing when it begins again", async () => {
  const schema = await tables.newSchema();
  const url = "memory:import on";
  await emptyTarget(url);
  for (let hour = 0; hour < 20; hour += 1) {
    const start = START + hour * 3600;
    const id = await tables.saveRequest("BTC", start);
    await tables.saveAnswers(id, [{ minerId: 1, prediction: predictionText("5", start) }]);
  }
  // Broken off after the first sixteen.
  const controller = new AbortController();
  {
    await using database = openValidatorDatabase({ connectionString: service.url, schema });
    await using target = await openPredictions(url, "write");
    const breaking = importValidator(database, target, {
      name: "validator",
      onProgress: () => controller.abort(new Error("broken off")),
      signal: controller.signal,
    });
    await expect(breaking).rejects.toThrow("broken off");
  }
  const argv = ["import", "--from", from, "--schema", schema, "--store", url, "--json"];
  const rest = await runForetile(argv);
  expect(jsonLines(rest.output)).toMatchObject([
    { requests: 20, published: 20, verified: 4, complete: true },
  ]);
  const id = await tables.saveRequest("BTC", START + 100 * 3600);
  await tables.saveAnswers(id, [
    { minerId: 1, prediction: predictionText("5", START + 100 * 3600) },
  ]);
  const second = await runForetile(argv);
  expect(jsonLines(second.output)).toMatchObject([
    { requests: 21, published: 21, verified: 1, complete: true, last_request: id },
  ]);
  const restarted = await runForetile([...argv, "--restart"]);
  expect(jsonLines(restarted.output)).toMatchObject([
    { requests: 21, published: 0, unchanged: 21, verified: 21, complete: true },
  ]);
});

test("tiles that are in tables of rows are read there, damaged ones are lost one by one", async () => {
  await using folder = await temporaryFolder();
  const schema = await tables.newSchema();
  const rows = `lmdb:${folder.path}/rows`;
  const url = "memory:import rows";
  await emptyTarget(url);
  await (await openStore(rows, "create")).close();
  await writeUpstreamRows(rows, [1, 2], 2);
  await tables.saveAnswers(
    await tables.saveRequest(),
    [1, 2, 3].map((minerId) => ({ minerId, prediction: '{"stored": "bigtable"}' })),
  );
  const argv = ["import", "--from", from, "--schema", schema, "--store", url, "--rows", rows];
  const imported = await runForetile([...argv, "--json"]);
  expect(imported.exitCode).toBe(6);
  expect(jsonLines(imported.output)).toMatchObject([
    { kind: "lost", miner_id: 2, message: expect.stringContaining("another length") },
    { kind: "lost", miner_id: 3, message: expect.stringContaining("missing") },
    { type: "summary", valid: 1, lost: 2, verified: 1, complete: true },
  ]);
  const tile = await runForetile([
    "tile",
    "show",
    `tiny/BTC#${START}`,
    "1",
    "--store",
    url,
    "--steps",
    "0:1",
  ]);
  expect(tile.output).toContain(`\n0,${START},1000,1000.1,1000.2,1000.3\n`);
});

test("tiles are scored with the validator's prices, and compared with its scores", async () => {
  const schema = await tables.newSchema();
  const url = "memory:import scores";
  await emptyTarget(url);
  const id = await tables.saveRequest();
  await tables.saveAnswers(id, [
    { minerId: 1, prediction: predictionText("100") },
    { minerId: 2, prediction: predictionText("100") },
    { minerId: 3, prediction: predictionText("100") },
  ]);
  // Paths that never move, and a price that moves once, by a hundredth: one change of five minutes is off by 100 basis
  // points, the others by nothing.
  const prices = Array.from({ length: STEPS }, (_, step) => (step < 35 ? 100 : 101));
  await client.query("update validator_requests set real_prices = $2::json where id = $1", [
    id,
    JSON.stringify(prices),
  ]);
  const totals = [100, 100.005, 101];
  for (const [index, total] of totals.entries()) {
    await client.query(
      `insert into miner_scores (miner_uid, miner_predictions_id, prompt_score_v3, score_details_v3)
       select $1, id, 0, $2::jsonb from miner_predictions where validator_requests_id = $3 and miner_id = $4`,
      [101 + index, JSON.stringify({ total_crps: total }), id, index + 1],
    );
  }
  const argv = ["import", "--from", from, "--schema", schema, "--store", url, "--json"];
  const imported = await runForetile(argv);
  expect(imported.exitCode).toBe(4);
  expect(jsonLines(imported.output)).toMatchObject([
    { kind: "scored-otherwise", miner_id: 3, message: expect.stringContaining("theirs=101") },
    { type: "summary", valid: 3, verified: 3, rescored: 2, problems: 1 },
  ]);
});

/** A request whose paths never move, with realized prices that move up once by so much percent: that is the sum. */
async function saveScored(
  asset: string,
  answers: readonly (SavedAnswer & { readonly total: number; readonly promptScore: number })[],
): Promise<number> {
  const id = await tables.saveRequest(asset);
  await tables.saveAnswers(id, answers);
  const prices = Array.from({ length: STEPS }, (_, step) => (step < 35 ? 100 : 101));
  await client.query("update validator_requests set real_prices = $2::json where id = $1", [
    id,
    JSON.stringify(prices),
  ]);
  for (const { minerId, total, promptScore } of answers) {
    await client.query(
      `insert into miner_scores (miner_uid, miner_predictions_id, prompt_score_v3, score_details_v3)
       select 1, id, $1, $2::jsonb from miner_predictions where validator_requests_id = $3 and miner_id = $4`,
      [promptScore, JSON.stringify({ total_crps: total }), id, minerId],
    );
  }
  return id;
}

/** The one change of five minutes of a path is that of the prices, more or less: in steps of a hundredth. */
function movedText(by: number): string {
  const path = `[${Array.from({ length: STEPS }, (_, step) => (step < 35 ? "100" : String(100 + by))).join(", ")}]`;
  return `[${START}, 60, ${[path, path, path, path].join(", ")}]`;
}

test("prompt scores are compared where all answers to a request are here", async () => {
  const schema = await tables.newSchema();
  const url = "memory:import prompt scores";
  await emptyTarget(url);
  const still = { minerId: 1, prediction: predictionText("100"), total: 100 };
  const moved = { minerId: 2, prediction: movedText(0.5), total: 50 };
  const refused = { minerId: 3, prediction: "[]", format: "Response is empty", total: -1 };
  // Of 50 and 100: the 90th percentile is 95, which the refused answer gets, too.
  const whole = [
    { ...still, promptScore: 45 },
    { ...moved, promptScore: 0.004 },
    { ...refused, promptScore: 45 },
  ];
  await saveScored("BTC", whole);
  const wrong = await saveScored("ETH", [
    { ...still, promptScore: 45 },
    { ...moved, promptScore: 0 },
    { ...refused, promptScore: 50 },
  ]);
  // Neither of these is the validator's whole request any more.
  await saveScored("SOL", [...whole, { ...still, minerId: 4, isDeleted: true, promptScore: 9 }]);
  await saveScored("XAU", [...whole, { ...still, minerId: 4, total: 101, promptScore: 9 }]);
  const argv = ["import", "--from", from, "--schema", schema, "--store", url, "--json"];
  const imported = await runForetile([...argv, "--requests-at-once", "1"]);
  expect(imported.exitCode).toBe(4);
  expect(jsonLines(imported.output)).toMatchObject([
    {
      kind: "scored-otherwise",
      request: wrong,
      miner_id: 3,
      message: expect.stringMatching(/prompt score .*theirs=50/),
    },
    { kind: "scored-otherwise", miner_id: 4, message: expect.stringContaining("theirs=101") },
    { type: "summary", verified: 13, rescored: 8, ranked: 5, problems: 2 },
  ]);
});

test("the source cannot be changed, and is not", async () => {
  const schema = await tables.newSchema();
  const url = "memory:import reads";
  await emptyTarget(url);
  await tables.saveAnswers(await tables.saveRequest(), [
    { minerId: 1, prediction: predictionText("5") },
  ]);
  const before = await answerRows();
  await runForetile(["import", "--from", from, "--schema", schema, "--store", url]);
  expect(await answerRows()).toEqual(before);
});

test.each([
  [["--from", "postgresql://u:hunter2@h/d"], 2, "must not hold a password"],
  [["--from", "mysql://h/d"], 2, "not named by a URL"],
  [[], 2, "no database given"],
  [["--from", "postgresql://nobody@127.0.0.1:1/none"], 5, "check host and port"],
  [["--from", from, "--schema", "none"], 5, "a table is missing"],
])("refuses %j", async (argv, exitCode, message) => {
  const url = "memory:import refused";
  const refused = await runForetile(["import", "--store", url, ...argv]);
  expect(refused).toMatchObject({ exitCode, errors: expect.stringContaining(message) });
  expect(refused.errors).not.toContain("hunter2");
});
