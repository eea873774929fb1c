import { readFileSync, globSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const files = globSync("**/*.test.ts", { cwd: root }).map((path) => new URL(path, root));

/** The numbers that the titles of tests in a file name: one, several with `and`, or one in each row of a table. */
function numbersIn(source: string): string[] {
  const named = source.matchAll(/vectors? (\d+a?(?:(?:, | and )\d+a?)*)/g);
  const tables = source.matchAll(/vector: "(\d+a?)"/g);
  return [...named, ...tables].flatMap(([, numbers = ""]) => numbers.split(/, | and /));
}

/** Needs processes that are killed: `app-kit` has it among its tests with whole processes. */
const elsewhere = ["92"];

test("every vector has a test", () => {
  const found = new Set([
    ...elsewhere,
    ...files.flatMap((file) => numbersIn(readFileSync(file, "utf8"))),
  ]);
  const wanted = Array.from({ length: 120 }, (_, index) => `${index + 1}`);
  expect([...wanted, "18a", "53a"].filter((number) => !found.has(number))).toEqual([]);
});
