import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const packages = new URL("../../../", import.meta.url);
const places = [
  "keyspace/test/{gold,perf}/*.test.ts",
  "trace-store/test/**/*.test.ts",
  "trace-store/src/conformance/*.ts",
];
const sources = globSync(places, { cwd: packages }).map((path) =>
  readFileSync(new URL(path, packages), "utf8"),
);

/** Numbers of vectors for which there is nothing to test here, each told in ADR 40. */
const differentOnPurpose = new Set([
  55, 56, 77, 101, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123,
]);

/** The numbers that titles name: one, or several with `and` or `to`. */
function numbersInTitles(source: string, word: string): number[] {
  const named = source.matchAll(new RegExp(`${word}s? (\\d+(?:(?:, | and | to )\\d+)*)`, "g"));
  return [...named].flatMap(([, list = ""]) =>
    list.split(/, | and /).flatMap((part) => {
      const [first = 0, last = first] = part.split(" to ").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    }),
  );
}

/** The first number of each row of the tables whose title begins with `vector %d`. */
function numbersInTables(source: string): number[] {
  return source
    .split('"vector %d')
    .slice(0, -1)
    .flatMap((before) => {
      const table = before.slice(Math.max(before.lastIndexOf(".each(["), before.indexOf("= [")));
      return [...table.matchAll(/\[\s*(\d+),/g)].map(([, number]) => Number(number));
    });
}

function missing(found: readonly number[], last: number): number[] {
  const there = new Set(found);
  return Array.from({ length: last }, (_, index) => index + 1).filter((each) => !there.has(each));
}

test("every vector of Gold's and Perf's has a test, or a word on why it has none", () => {
  const found = sources.flatMap((source) => [
    ...numbersInTitles(source, "vector"),
    ...numbersInTables(source),
  ]);
  expect(missing([...found, ...differentOnPurpose], 123)).toEqual([]);
});

test("every known fault of Gold's has a test", () => {
  expect(
    missing(
      sources.flatMap((source) => numbersInTitles(source, "fault")),
      19,
    ),
  ).toEqual([]);
});
