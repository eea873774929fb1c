import { ndarray } from "@foretile/version-store";
import { openPredictions } from "@foretile/app-kit";
import { beforeAll, expect, test } from "vitest";

import { jsonLines, runForetile } from "../../support/run-foretile.ts";
import { createSampleLibrary, ODD_SYMBOL, pinVersions } from "../../support/sample-library.ts";

const url = "memory:version-show";
const show = ["--store", url, "version", "show"];

beforeAll(async () => {
  await createSampleLibrary(url);
  await pinVersions(url, 2);
  await using opened = await openPredictions(url, "write");
  await opened.library.write(
    "grid",
    ndarray({ values: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }),
  );
});

async function shownVersion(asOf: string): Promise<unknown> {
  const { output } = await runForetile([...show, "prices", "--as-of", asOf, "--json"]);
  return jsonLines(output)[0]?.["version"];
}

test("a version is meant by number, from the newest, by time, snapshot or commit", async () => {
  const { output } = await runForetile([...show, "prices", "--as-of", "3", "--json"]);
  const [third] = jsonLines(output);
  expect(third).toMatchObject({
    symbol: "prices",
    version: 3,
    metadata: { number: 3 },
    snapshots: [],
  });
  expect(await shownVersion("-1")).toBe(4);
  expect(await shownVersion("-4")).toBe(1);
  expect(await shownVersion("snapshot:v2")).toBe(2);
  expect(await shownVersion(String(third?.["committed_at"]))).toBe(3);
  expect(await shownVersion(`commit:${String(third?.["commit_id"])}`)).toBe(3);
});

test("it is shown with the snapshots that pin it", async () => {
  const { output } = await runForetile([...show, "prices", "--as-of", "2"]);
  expect(output).toMatch(/^prices\n {2}version {4}2\n/);
  expect(output).toMatch(/\n {2}snapshots {2}v2\n$/);
  const newest = await runForetile([...show, "prices"]);
  expect(newest.output).toMatch(/\n {2}snapshots {2}none\n$/);
});

test("what only a snapshot keeps is shown by its name", async () => {
  const store = ["--store", "memory:version-show-pinned"];
  await createSampleLibrary("memory:version-show-pinned");
  await pinVersions("memory:version-show-pinned", 1);
  await runForetile([...store, "symbol", "delete", "prices", "--yes"]);
  const argv = [...store, "version", "show", "prices", "--as-of", "snapshot:v1", "--json"];
  const { output } = await runForetile(argv);
  expect(jsonLines(output)).toMatchObject([{ version: 1, snapshots: ["v1"] }]);
});

test.each([
  ["grid", "value      float32[3, 2]\n"],
  [ODD_SYMBOL, "value      a document\n"],
  ["labels", "handler    labels\n"],
])("%j says what it holds", async (symbol, line) => {
  expect((await runForetile([...show, symbol])).output).toContain(line);
});

test.each([
  [["prices", "--as-of", "9"], 3, "version=9"],
  [["prices", "--as-of", "2000-01-01"], 3, "time_ms=946684800000"],
  [["prices", "--as-of", "snapshot:none"], 3, "none"],
  [["prices", "--as-of", "latest"], 2, "Expected 7, -1 (newest), a time"],
])("%j exits with %d", async (argv, code, message) => {
  const { exitCode, errors } = await runForetile([...show, ...argv]);
  expect(exitCode).toBe(code);
  expect(errors).toContain(message);
});
