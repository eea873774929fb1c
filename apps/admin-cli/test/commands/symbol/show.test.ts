import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import {
  createSampleLibrary,
  ODD_SYMBOL,
  PRINTED_ODD_SYMBOL,
} from "../../support/sample-library.ts";

const show = ["--store", "memory:symbol-show", "symbol", "show"];

beforeAll(() => createSampleLibrary("memory:symbol-show"));

test("a symbol is shown with its newest version and their number", async () => {
  const { exitCode, output } = await runForetile([...show, "prices"]);
  expect(exitCode).toBe(0);
  const [heading, ...lines] = output.trimEnd().split("\n");
  expect(heading).toBe("prices");
  expect(lines.map((line) => line.trim())).toStrictEqual([
    "version    4",
    expect.stringMatching(/^committed {2}20.*\.[0-9]{3}Z$/),
    "operation  write",
    expect.stringMatching(/^commit {5}[0-9a-z]{26}$/),
    "handler    frame",
    "value      frame of close:float64",
    "rows       3",
    "segments   1",
    expect.stringMatching(/^bytes {6}24 B raw, [0-9]+ B stored$/),
    expect.stringMatching(/^hash {7}[0-9a-f]{64}$/),
    "user       ops",
    "message    tick 4",
    'metadata   {"number":4}',
    "versions   4",
  ]);
});

test("what others wrote cannot move the cursor", async () => {
  const { output } = await runForetile([...show, ODD_SYMBOL]);
  expect(output.split("\n")[0]).toBe(PRINTED_ODD_SYMBOL);
  expect(output).toContain("user       \\u{7}\n  message    a\\u{9}b\n");
});

test("with --json it is one document", async () => {
  const { output } = await runForetile([...show, "prices", "--json"]);
  expect(jsonLines(output)).toMatchObject([
    {
      symbol: "prices",
      version: 4,
      handler: "frame",
      structure: { kind: "frame", columns: [{ name: "close", type: "float64" }] },
      rows: 3,
      segments: 1,
      metadata: { number: 4 },
      versions: 4,
    },
  ]);
});

test("a symbol that is not there is not found", async () => {
  const { exitCode, errors } = await runForetile([...show, "none"]);
  expect(exitCode).toBe(3);
  expect(errors).toContain('symbol="none"');
});
