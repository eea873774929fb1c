import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import {
  createSampleLibrary,
  ODD_SYMBOL,
  PRINTED_ODD_SYMBOL,
} from "../../support/sample-library.ts";

const store = ["--store", "memory:symbol-list"];

beforeAll(async () => {
  await createSampleLibrary("memory:symbol-list");
  await runForetile([...store, "snapshot", "create", "one"]);
  await runForetile([...store, "version", "restore", "labels", "--as-of", "1"]);
  await runForetile([...store, "symbol", "delete", ODD_SYMBOL, "--yes"]);
});

test("symbols are listed with their newest version, and no control character", async () => {
  const { exitCode, output } = await runForetile([...store, "symbol", "list", "--deleted"]);
  expect(exitCode).toBe(0);
  const [titles, ...lines] = output.trimEnd().split("\n");
  expect(titles?.split(/ +/)).toStrictEqual([
    "SYMBOL",
    "VERSION",
    "COMMITTED",
    "OPERATION",
    "ROWS",
    "RAW",
    "STORED",
  ]);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^labels +1 +20[^ ]+Z +write +- +1\.21 kB +0 B$/);
  expect(lines[1]?.startsWith(`${PRINTED_ODD_SYMBOL}  `)).toBe(true);
  expect(lines[1]).toMatch(/ 2 +20[^ ]+Z +delete +- +0 B +0 B$/);
  expect(lines[2]).toMatch(/^prices +4 +20[^ ]+Z +write +3 +24 B +[0-9]+ B$/);
});

test.each([
  [[], ["labels", "prices"]],
  [["--deleted"], ["labels", ODD_SYMBOL, "prices"]],
  [["--prefix", "p"], ["prices"]],
  [["--regex", "^.a"], ["labels"]],
  [
    ["--snapshot", "one"],
    ["labels", ODD_SYMBOL, "prices"],
  ],
  [["--snapshot", "one", "--prefix", "odd "], [ODD_SYMBOL]],
  [["--prefix", "none"], []],
])("%j selects", async (filter, symbols) => {
  const { output } = await runForetile([...store, "symbol", "list", "--json", ...filter]);
  expect(jsonLines(output).map(({ symbol }) => symbol)).toStrictEqual(symbols);
});

test("with --json each symbol is a document", async () => {
  const { output } = await runForetile([
    ...store,
    "symbol",
    "list",
    "--json",
    "--prefix",
    "prices",
  ]);
  expect(jsonLines(output)).toStrictEqual([
    {
      symbol: "prices",
      version: 4,
      commit_id: expect.stringMatching(/^[0-9a-z]{26}$/),
      committed_at: expect.stringMatching(/^20.*\.[0-9]{3}Z$/),
      operation: "write",
      rows: 3,
      raw_bytes: 24,
      stored_bytes: expect.any(Number),
      content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      user: "ops",
      message: "tick 4",
    },
  ]);
});

test("nothing is said in words", async () => {
  const { output } = await runForetile([...store, "symbol", "list", "--prefix", "none"]);
  expect(output).toBe("no symbols\n");
});

test.each([
  [["--snapshot", "none"], 3, "none"],
  [["--regex", "("], 2, "Unterminated group"],
])("%j exits with %d", async (argv, code, message) => {
  const { exitCode, errors } = await runForetile([...store, "symbol", "list", ...argv]);
  expect(exitCode).toBe(code);
  expect(errors).toContain(message);
});
