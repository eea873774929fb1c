import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { SAMPLE_KEY, createSampleStore } from "../../support/sample-store.ts";

const show = ["--store", "memory:request-show", "request", "show"];

beforeAll(() => createSampleStore("memory:request-show"));

test("a request is shown with its versions and every miner", async () => {
  const { exitCode, output } = await runForetile([...show, SAMPLE_KEY]);
  expect(exitCode).toBe(0);
  const [facts = "", versions = "", miners = ""] = output.split("\n\n");
  expect(facts).toContain("start      2017-12-05T12:00:00Z");
  expect(facts).toContain("tile       70 steps of 4 paths");
  expect(facts).toContain("answers    2 valid, 1 invalid");
  expect(versions.split("\n").map((line) => line.trim().split(/ +/)[0])).toStrictEqual([
    "VERSION",
    "2",
    "1",
  ]);
  const lines = miners.trimEnd().split("\n");
  expect(lines[1]).toMatch(/^ +7 +107 +1\.50 s +valid +[0-9]+ B +[0-9.]+ +pack$/);
  expect(lines[2]).toMatch(/^ +9 +109 +- +invalid +- +- +- +path_count: 3 paths instead of 4$/);
  expect(lines[3]).toMatch(/^ +12 +112 /);
});

test("with --json it is one document", async () => {
  const { output } = await runForetile([...show, SAMPLE_KEY, "--json"]);
  expect(jsonLines(output)).toMatchObject([
    {
      key: SAMPLE_KEY,
      time_increment: 60,
      num_simulations: 4,
      num_steps: 70,
      version: 2,
      valid: 2,
      invalid: 1,
      raw_bytes: 2240,
      versions: [
        { version: 2, snapshots: [] },
        { version: 1, snapshots: [] },
      ],
      miners: [
        { miner_id: 7, miner_uid: 107, process_time: 1.5, status: "valid", raw_bytes: 1120 },
        { miner_id: 9, status: "invalid", reason: "path_count", message: "3 paths instead of 4" },
        { miner_id: 12, status: "valid", mode: "pack" },
      ],
    },
  ]);
});

test("an older version is shown on request", async () => {
  const { output } = await runForetile([...show, SAMPLE_KEY, "--version", "1", "--json"]);
  expect(jsonLines(output)).toMatchObject([{ version: 1, valid: 1, invalid: 1 }]);
});

test("snapshots are told, and a version is shown as of one", async () => {
  const url = "memory:request-show-snapshots";
  await createSampleStore(url);
  const store = ["--store", url];
  await runForetile([...store, "snapshot", "create", "two"]);
  await runForetile([...store, "version", "restore", `request/${SAMPLE_KEY}`, "--as-of", "1"]);
  const argv = [...store, "request", "show", SAMPLE_KEY];
  const { output } = await runForetile([...argv, "--as-of", "snapshot:two"]);
  const [facts = "", versions = ""] = output.split("\n\n");
  expect(facts).toContain("version    2\n");
  const [titles, ...lines] = versions.split("\n");
  expect(titles).toMatch(/ HASH +SNAPSHOTS$/);
  expect(lines.map((line) => line.trim().split(/ {2,}/).at(-1))).toStrictEqual(["-", "two", "-"]);
  const newest = await runForetile([...argv, "--as-of", "-1", "--json"]);
  expect(jsonLines(newest.output)).toMatchObject([
    { version: 3, versions: [{ snapshots: [] }, { snapshots: ["two"] }, { snapshots: [] }] },
  ]);
});

test.each([
  [["tiny/BTC#1512475201"], 3, "no such request key=tiny/BTC#1512475201"],
  [[SAMPLE_KEY, "--version", "3"], 3, "no such version"],
  [[SAMPLE_KEY, "--as-of", "snapshot:none"], 3, "none"],
  [[SAMPLE_KEY, "--as-of", "1", "--version", "1"], 2, "cannot be used with option"],
  [["BTC"], 2, "not a request key, expected LABEL/ASSET#UNIX"],
  [[SAMPLE_KEY, "--version", "0"], 2, "Expected a whole number from 1 on"],
  [[], 2, "missing required argument 'key'"],
])("%j exits with %d", async (argv, code, message) => {
  const { exitCode, errors, output } = await runForetile([...show, ...argv]);
  expect({ exitCode, output }).toStrictEqual({ exitCode: code, output: "" });
  expect(errors).toContain(message);
});

test("a terminal sees the invalid answers in colour", async () => {
  const { output } = await runForetile([...show, SAMPLE_KEY], { terminal: true });
  expect(output).toContain("\u001b[31minvalid\u001b[39m");
});
