import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { serviceSuites } from "../service-suites.mjs";

const ROWS = "packages/rows/test/services/bigtable/rows.test.ts";
const BLOBS = "packages/blobs/test/services/s3/deep/blobs.test.ts";
const HYBRID = "apps/tool/test/services/bigtable+s3/hybrid.test.ts";

async function checkout(states: Record<string, string>) {
  const root = await mkdtemp(join(tmpdir(), "foretile-"));
  const files = new Map([
    ["packages/rows/test/rows.test.ts", ""],
    ["packages/rows/test/services/bigtable/helper.ts", ""],
    [ROWS, ""],
    [BLOBS, ""],
    [HYBRID, ""],
  ]);
  for (const [name, state] of Object.entries(states)) {
    files.set(`.services/${name}.json`, JSON.stringify({ state }));
  }
  for (const [file, content] of files) {
    const path = join(root, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return { path: root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

test("without servers nothing runs, and each file says what it lacks", async () => {
  await using root = await checkout({});
  expect(serviceSuites(root.path, {})).toEqual({
    runnable: [],
    missing: [
      { file: HYBRID, services: ["bigtable", "s3"] },
      { file: BLOBS, services: ["s3"] },
      { file: ROWS, services: ["bigtable"] },
    ],
  });
});

test("a file runs when all its servers are there", async () => {
  await using root = await checkout({ bigtable: "running", s3: "starting" });
  expect(serviceSuites(root.path, {})).toEqual({
    runnable: [ROWS],
    missing: [
      { file: HYBRID, services: ["s3"] },
      { file: BLOBS, services: ["s3"] },
    ],
  });
  const environment = { FORETILE_TEST_S3: "{}" };
  expect(serviceSuites(root.path, environment).runnable).toEqual([HYBRID, BLOBS, ROWS]);
});
