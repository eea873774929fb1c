import { beforeAll, expect, test } from "vitest";

import { damageRefs } from "../support/damage-refs.ts";
import { jsonLines, runForetile } from "../support/run-foretile.ts";
import { createSampleLibrary, ODD_SYMBOL, PRINTED_ODD_SYMBOL } from "../support/sample-library.ts";

const audit = ["--store", "memory:audit", "audit"];

beforeAll(() => createSampleLibrary("memory:audit"));

test("changes are told newest first", async () => {
  const { exitCode, output } = await runForetile(audit);
  expect(exitCode).toBe(0);
  const [titles, ...lines] = output.trimEnd().split("\n");
  expect(titles).toMatch(/^COMMITTED +SYMBOL +VERSION +OPERATION +USER +MESSAGE$/);
  expect(lines.map((line) => line.split(/ {2,}/).slice(1).join("|"))).toStrictEqual([
    `${PRINTED_ODD_SYMBOL}|1|write|\\u{7}|a\\u{9}b`,
    "prices|4|write|ops|tick 4",
    "prices|3|write|ops|tick 3",
    "prices|2|write|ops|tick 2",
    "prices|1|write|ops|tick 1",
    "labels|1|write|-|-",
  ]);
});

test.each([
  [["--user", "ops", "--limit", "1"], ["prices 4"]],
  [["--message", "tick 2"], ["prices 2"]],
  [["--symbol", "labels"], ["labels 1"]],
  [
    ["--symbol", "labels", "--symbol", ODD_SYMBOL],
    [`${ODD_SYMBOL} 1`, "labels 1"],
  ],
  [["--to", "2000-01-01"], []],
  [["--from", "2100-01-01"], []],
])("%j selects", async (filter, changes) => {
  const { output } = await runForetile([...audit, "--json", ...filter]);
  expect(
    jsonLines(output).map(({ symbol, version }) => `${String(symbol)} ${String(version)}`),
  ).toStrictEqual(changes);
});

test("with --json each change is a document, and its time goes on where a listing ended", async () => {
  const { output } = await runForetile([...audit, "--json", "--user", "ops", "--limit", "2"]);
  const [, last] = jsonLines(output);
  expect(last).toStrictEqual({
    committed_at: expect.stringMatching(/^20.*\.[0-9]{3}Z$/),
    symbol: "prices",
    version: 3,
    from_version: 2,
    commit_id: expect.any(String),
    operation: "write",
    user: "ops",
    message: "tick 3",
  });
  const before = String(last?.["committed_at"]);
  const rest = await runForetile([...audit, "--json", "--user", "ops", "--to", before]);
  expect(jsonLines(rest.output).map(({ version }) => version)).toStrictEqual([2, 1]);
  const since = await runForetile([...audit, "--json", "--user", "ops", "--from", before]);
  expect(jsonLines(since.output).map(({ version }) => version)).toStrictEqual([4, 3]);
});

test("nothing is said in words", async () => {
  expect((await runForetile([...audit, "--user", "nobody"])).output).toBe("no changes\n");
});

test("a damaged head is told and shows in the exit code", async () => {
  const url = "memory:audit-damaged";
  await createSampleLibrary(url);
  await damageRefs(url, "h/prices");
  const { exitCode, output, errors } = await runForetile(["--store", url, "audit", "--json"]);
  expect(exitCode).toBe(4);
  expect(jsonLines(output)).toHaveLength(2);
  expect(errors).toContain("foretile: a symbol cannot be read: ");
});
