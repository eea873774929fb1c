import { PassThrough } from "node:stream";

import { openPredictions } from "@foretile/app-kit";
import { expect, test } from "vitest";

import { ingestLines, memoryStore, runWriter } from "../support/run-writer.ts";
import {
  answerDocument,
  keyOf,
  publishLine,
  requestLine,
  responseLine,
} from "../support/small-request.ts";

test("requests, responses and publish lines become versions; the end publishes the rest", async () => {
  const url = await memoryStore();
  const run = await ingestLines(url, [
    requestLine("r1", 1),
    requestLine("r2", 2),
    responseLine("r1", answerDocument(1, 1)),
    responseLine("r2", answerDocument(2, 1)),
    responseLine("r1", answerDocument(1, 2)),
    publishLine("r1"),
    responseLine("r2", answerDocument(2, 3)),
  ]);
  expect(run).toMatchObject({ exitCode: 0 });
  expect(run.results).toEqual([
    {
      event: "published",
      id: "r1",
      key: keyOf(1),
      version: 1,
      version_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      changed: true,
      answers: { valid: 2, invalid: 0, replaced: 0 },
      raw_bytes: 96,
      stored_bytes: expect.any(Number),
    },
    expect.objectContaining({ event: "published", id: "r2", key: keyOf(2) }),
  ]);
  await using opened = await openPredictions(url, "read");
  const stored = await opened.predictions.read(keyOf(1));
  expect(stored.answers).toMatchObject([
    { minerUid: 1, minerId: 1001, processTimeSeconds: 1.5, status: "valid" },
    { minerUid: 2, minerId: 1002, processTimeSeconds: 1.5, status: "valid" },
  ]);
});

test("the same input again changes nothing", async () => {
  const url = await memoryStore();
  const lines = [requestLine("r1"), responseLine("r1", answerDocument(0, 1))];
  const first = await ingestLines(url, lines);
  const second = await ingestLines(url, lines);
  expect(second.results).toEqual([{ ...first.results[0], changed: false }]);
});

test.each([
  ["empty lines and carriage returns", (lines: string[]) => `\r\n\n${lines.join("\r\n\r\n")}\r\n`],
  ["a last line without its end", (lines: string[]) => lines.join("\n")],
  ["spaces around the lines", (lines: string[]) => lines.map((line) => ` \t${line} `).join("\n")],
])("%s make no difference", async (_name, join) => {
  const url = await memoryStore();
  const input = join([requestLine("r1"), responseLine("r1", answerDocument(0, 1))]);
  const run = await runWriter(["ingest", "--store", url, "--json", "-"], { input });
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ answers: { valid: 1, invalid: 0 } });
});

const good = [requestLine("r1"), responseLine("r1", answerDocument(0, 1))];

test.each([
  ["text", "hello", "malformed"],
  ["a truncated line", requestLine("r2").slice(0, -3), "malformed"],
  ["a number", "17", "malformed"],
  ["an array", `[${requestLine("r2")}]`, "malformed"],
  ["an unknown member", '{"reqest":{}}', "malformed"],
  ["two members", '{"publish":"r1","publish":"r1"}', "malformed"],
  ["a request that is not JSON", '{"request":{"id":}}', "malformed"],
  ["a request with a member missing", '{"request":{"id":"r2"}}', "invalid-request"],
  [
    "a request with a strange member",
    requestLine("r2").replace('"asset"', '"aset"'),
    "invalid-request",
  ],
  ["a request of an unknown label", requestLine("r2").replace("small", "tiny"), "unknown-label"],
  [
    "a request of other sizes",
    requestLine("r2").replace('"num_simulations":4', '"num_simulations":5'),
    "invalid-request",
  ],
  ["another request of the same id", requestLine("r1", 7), "request-conflict"],
  ["a response to an unknown request", responseLine("r7", answerDocument(0, 1)), "unknown-request"],
  ["a response without a request", JSON.stringify({ response: answerDocument(0, 1) }), "malformed"],
  ["a response without a miner", '{"response":{"request":"r1","prediction":[]}}', "malformed"],
  [
    "a miner uid out of range",
    responseLine("r1", { ...answerDocument(0, 1), miner_uid: 65_536 }),
    "malformed",
  ],
  [
    "a miner id that is no number",
    responseLine("r1", answerDocument(0, 1)).replace("1001", '"x"'),
    "malformed",
  ],
  [
    "a strange member of a response",
    responseLine("r1", answerDocument(0, 1)).replace("process_time", "time"),
    "malformed",
  ],
  ["publishing an unknown request", publishLine("r7"), "unknown-request"],
  ["publishing a number", '{"publish":1}', "malformed"],
])("%s costs its line and nothing else", async (_name, line, code) => {
  const url = await memoryStore();
  const run = await ingestLines(url, [good[0] as string, line, good[1] as string]);
  expect(run.exitCode).toBe(6);
  expect(run.results).toEqual([
    { event: "rejected", line: 2, code, message: expect.any(String) },
    expect.objectContaining({ id: "r1", answers: { valid: 1, invalid: 0, replaced: 0 } }),
  ]);
});

test("a line of broken UTF-8 is malformed", async () => {
  const url = await memoryStore();
  const request = requestLine("r2").replace("r2", "r\u00ff");
  const input = Buffer.from([...good, request].join("\n"), "latin1");
  const run = await runWriter(["ingest", "--store", url, "--json"], { input });
  expect(run.exitCode).toBe(6);
  expect(run.stdout).toContain('"event":"rejected","line":3,"code":"malformed"');
  expect(run.stdout).toContain('"valid":1');
});

test("a published request takes no more answers until its request line comes again", async () => {
  const url = await memoryStore();
  const run = await ingestLines(url, [
    ...good,
    publishLine("r1"),
    responseLine("r1", answerDocument(0, 2)),
    publishLine("r1"),
    requestLine("r1"),
    responseLine("r1", answerDocument(0, 3)),
  ]);
  expect(run.exitCode).toBe(6);
  expect(run.results).toMatchObject([
    { event: "published", version: 1 },
    {
      event: "rejected",
      line: 4,
      code: "already-published",
      message: expect.stringContaining(
        "already published; send the request line again to amend it",
      ),
    },
    { event: "rejected", line: 5, code: "already-published" },
    { event: "published", version: 2, answers: { valid: 2 } },
  ]);
});

test("the same request line twice is fine, and of two answers of a miner the last counts", async () => {
  const url = await memoryStore();
  const run = await ingestLines(url, [
    requestLine("r1"),
    responseLine("r1", answerDocument(0, 1, 11)),
    requestLine("r1"),
    responseLine("r1", answerDocument(0, 1, 12)),
  ]);
  expect(run).toMatchObject({
    exitCode: 0,
    results: [{ answers: { valid: 1, invalid: 0, replaced: 1 } }],
  });
  const alone = await ingestLines(await memoryStore(), [
    requestLine("r1"),
    responseLine("r1", answerDocument(0, 1, 12)),
  ]);
  expect(run.results[0]?.["version_hash"]).toBe(alone.results[0]?.["version_hash"]);
});

/** An answer whose second path has `token` as its last point. */
function responseWithPoint(miner: number, token: string): string {
  const { prediction } = answerDocument(0, miner);
  const paths = structuredClone(prediction) as (number | number[])[];
  (paths[3] as number[])[2] = 4242.4242;
  return responseLine("r1", { ...answerDocument(0, miner), prediction: paths }).replace(
    "4242.4242",
    token,
  );
}

test.each([
  ["0", "price_not_positive"],
  ["-1.5", "price_not_positive"],
  ["NaN", "price_not_finite"],
  ["Infinity", "price_not_finite"],
  ["-Infinity", "price_not_finite"],
  ["1e-307", "price_out_of_range"],
  ["123.456789", "price_too_many_digits"],
  ['"123.45"', "price_not_a_number"],
  ["true", "price_not_a_number"],
  ["null", "price_not_a_number"],
  ["[1]", "price_not_a_number"],
  ["1.2.3", "malformed"],
])("a price of %s is stored as its miner's status", async (token, reason) => {
  const url = await memoryStore();
  const run = await ingestLines(url, [
    requestLine("r1"),
    responseWithPoint(1, token),
    responseLine("r1", answerDocument(0, 2)),
  ]);
  expect(run).toMatchObject({ exitCode: 0, results: [{ answers: { valid: 1, invalid: 1 } }] });
  await using opened = await openPredictions(url, "read");
  const { answers } = await opened.predictions.read(keyOf());
  expect(answers).toMatchObject([{ status: "invalid", reason }, { status: "valid" }]);
});

test.each([
  ["no process time", { process_time: null }, "no_process_time"],
  ["no prediction", { prediction: null }, "empty"],
  ["an empty prediction", { prediction: [] }, "empty"],
  ["an object", { prediction: { a: 1 } }, "not_a_sequence"],
  ["too few paths", { prediction: [1_512_475_200, 300, [1, 2, 3]] }, "path_count"],
  ["too few points", { prediction: [1_512_475_200, 300, [1], [1], [1], [1]] }, "point_count"],
  ["another start", { prediction: [1, 300, [1, 2, 3]] }, "start_time_mismatch"],
])("an answer with %s is stored as its miner's status", async (_name, change, reason) => {
  const url = await memoryStore();
  const run = await ingestLines(url, [
    requestLine("r1"),
    responseLine("r1", { ...answerDocument(0, 1), ...change }),
  ]);
  expect(run.exitCode).toBe(0);
  await using opened = await openPredictions(url, "read");
  const { answers } = await opened.predictions.read(keyOf());
  expect(answers).toMatchObject([{ status: "invalid", reason }]);
});

test("a line over the limit is skipped", async () => {
  const url = await memoryStore();
  const lines = [good[0] as string, "x".repeat(5000), good[1] as string];
  const run = await ingestLines(url, lines, "--max-line-bytes", "4096");
  expect(run.exitCode).toBe(6);
  expect(run.results).toMatchObject([
    { event: "rejected", line: 2, code: "too-large", message: "line is too long bytes=5000" },
    { event: "published", answers: { valid: 1 } },
  ]);
});

test("open requests are bounded", async () => {
  const url = await memoryStore();
  const lines = [
    requestLine("r1", 1),
    requestLine("r2", 2),
    publishLine("r1"),
    requestLine("r2", 2),
  ];
  const run = await ingestLines(url, lines, "--max-open-requests", "1");
  expect(run.results).toMatchObject([
    { event: "rejected", line: 2, code: "too-many-open" },
    { event: "published", id: "r1" },
    { event: "published", id: "r2" },
  ]);
});

test("without --json results are sentences, and rejected lines are logged", async () => {
  const url = await memoryStore();
  const run = await runWriter(["ingest", "--store", url], {
    input: [...good, "hello"].join("\n"),
  });
  expect(run.exitCode).toBe(6);
  expect(run.stdout).toMatch(
    /^published "r1" as small\/BTC#1512475200 version 1: 1 valid and 0 invalid answers, 48 B in /,
  );
  expect(run.stdout).toMatch(/1 requests published, 1 valid answers, .* 1 lines rejected\n$/);
  const [log] = run.stderr.split("\n");
  expect(JSON.parse(log ?? "")).toMatchObject({ level: 40, line: 3, code: "malformed" });
});

test("an interrupted input leaves what was published and publishes nothing more", async () => {
  const url = await memoryStore();
  const controller = new AbortController();
  const input = new PassThrough();
  const lines = [...good, requestLine("r2", 2), publishLine("r2")];
  input.write(`${lines.join("\n")}\n`);
  const run = await runWriter(["ingest", "--store", url, "--json"], {
    input,
    signal: controller.signal,
    onStdout: () => controller.abort(),
  });
  expect(run.exitCode).toBe(130);
  expect(run.stdout).toMatch(/^.*"id":"r2".*\n$/);
  await using opened = await openPredictions(url, "read");
  expect(await opened.predictions.read(keyOf(2))).toMatchObject({ version: 1 });
  await expect(opened.predictions.read(keyOf())).rejects.toMatchObject({
    code: "no-such-request",
  });
});

test.each([
  ["no store", ["ingest"], 2, "no store given"],
  ["a store that is not there", ["ingest", "--store", "lmdb:/nonexistent/foretile"], 5, ""],
  ["a file that is not there", ["ingest", "--store", "memory:x", "/nonexistent"], 3, "ENOENT"],
  ["an unknown codec", ["ingest", "--store", "memory:x", "--codec", "zip"], 2, "codec"],
  [
    "a limit that is no number",
    ["ingest", "--store", "memory:x", "--max-line-bytes", "1e9"],
    2,
    "whole number",
  ],
])("%s ends with its exit code", async (_name, argv, exitCode, message) => {
  const run = await runWriter(argv);
  expect(run.exitCode).toBe(exitCode);
  expect(run.stderr).toContain(message);
});

test("codecs pack in their own way and give the same version hash", async () => {
  const published = await Promise.all(
    ["pack", "lz4", "raw"].map(async (codec) => {
      const run = await ingestLines(await memoryStore(), good, "--codec", codec);
      return run.results[0];
    }),
  );
  expect(new Set(published.map((line) => line?.["version_hash"])).size).toBe(1);
  expect(new Set(published.map((line) => line?.["stored_bytes"])).size).toBeGreaterThan(1);
});
