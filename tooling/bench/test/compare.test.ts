import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../compare.mjs", import.meta.url));
const small = "--answers 3 --simulations 10 --steps 40 --rounds 1 --no-install".split(" ");

function compare(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const condition = "--conditions=@foretile/source";
  return promisify(execFile)(process.execPath, [condition, main, ...args]);
}

test("reading a small request: every subject's output is checked and every figure is written", async () => {
  await using folder = await temporaryFolder();
  const place = ["--results", folder.path];
  const which = ["--workload", "W2", "--subject", "foretile,raw-files"];
  const { stdout, stderr } = await compare(...which, ...small, ...place, "--json");

  const rows = JSON.parse(stdout) as Record<string, unknown>[];
  expect(JSON.parse(await readFile(join(folder.path, "latest.json"), "utf8"))).toEqual(rows);
  const keys = ["workload", "subject", "metric", "unit", "median", "min", "max", "rounds"];
  for (const row of rows) expect(Object.keys(row)).toEqual(keys);
  const read = rows.filter(({ workload }) => workload === "W2");
  const subjectsOf = (metric: string) =>
    read.filter((row) => row["metric"] === metric).map(({ subject, rounds }) => [subject, rounds]);
  const both = [
    ["foretile", 1],
    ["raw-files", 1],
  ];
  for (const metric of ["time", "float32", "CPU", "peak memory", "on disk"]) {
    expect(subjectsOf(metric)).toEqual(both);
  }
  expect(read.filter((row) => !isInOrder(row))).toEqual([]);

  expect(stderr).toContain("W2: read one request whole");
  expect(await readFile(join(folder.path, "latest.svg"), "utf8")).toContain("<desc ");
});

function isInOrder({ min, median, max }: Record<string, unknown>): boolean {
  return 0 < Number(min) && Number(min) <= Number(median) && Number(median) <= Number(max);
}
