import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary, ODD_SYMBOL, pinVersions } from "../../support/sample-library.ts";

const list = ["--store", "memory:version-list", "version", "list"];

beforeAll(async () => {
  await createSampleLibrary("memory:version-list");
  await pinVersions("memory:version-list", 2);
  await runForetile(["--store", "memory:version-list", "snapshot", "create", "a\nb"]);
});

test("versions are listed newest first, with what keeps them and what was said", async () => {
  const { exitCode, output } = await runForetile([...list, "prices"]);
  expect(exitCode).toBe(0);
  const [titles, ...lines] = output.trimEnd().split("\n");
  expect(titles).toMatch(
    /^VERSION +COMMITTED +OPERATION +ROWS +RAW +STORED +SNAPSHOTS +USER +MESSAGE$/,
  );
  expect(lines.map((line) => line.trim().split(/ {2,}/).toSpliced(1, 1))).toStrictEqual([
    ["4", "write", "3", "24 B", expect.any(String), "a\\u{a}b", "ops", "tick 4"],
    ["3", "write", "3", "24 B", expect.any(String), "-", "ops", "tick 3"],
    ["2", "write", "3", "24 B", expect.any(String), "v2", "ops", "tick 2"],
    ["1", "write", "3", "24 B", expect.any(String), "v1", "ops", "tick 1"],
  ]);
});

test.each([
  [[], [4, 3, 2, 1]],
  [
    ["--limit", "2"],
    [4, 3],
  ],
  [
    ["--before", "3"],
    [2, 1],
  ],
  [["--limit", "1", "--before", "3"], [2]],
])("%j selects", async (options, versions) => {
  const { output } = await runForetile([...list, "prices", "--json", ...options]);
  expect(jsonLines(output).map(({ version }) => version)).toStrictEqual(versions);
});

test("with --json each version is a document", async () => {
  const { output } = await runForetile([...list, "prices", "--limit", "1", "--json"]);
  expect(jsonLines(output)).toMatchObject([
    { symbol: "prices", version: 4, operation: "write", user: "ops", snapshots: ["a\nb"] },
  ]);
});

test("any name is taken as it is", async () => {
  const { exitCode, output } = await runForetile([...list, ODD_SYMBOL, "--json"]);
  expect(exitCode).toBe(0);
  expect(jsonLines(output)).toMatchObject([{ symbol: ODD_SYMBOL, version: 1 }]);
});

test.each([
  [["none"], 3, 'no versions of that symbol symbol="none"\n'],
  [["prices", "--before", "1"], 3, 'no versions of that symbol symbol="prices" before=1\n'],
  [["prices", "--limit", "0"], 2, "Expected a whole number from 1 on"],
])("%j exits with %d", async (argv, code, message) => {
  const { exitCode, errors, output } = await runForetile([...list, ...argv]);
  expect({ exitCode, output }).toStrictEqual({ exitCode: code, output: "" });
  expect(errors).toContain(message);
});
