import { describe, expect, test } from "vitest";
import { HELP, listing, parseCommandLine, UsageError } from "../src/command-line.mjs";
import { subjects } from "../src/subjects.mjs";
import { workloads } from "../src/workloads.mjs";

const idsOf = (args: string[]): string[] => parseCommandLine(args).workloads.map(({ id }) => id);
const namesOf = (args: string[]): string[] =>
  parseCommandLine(args).subjects.map(({ name }) => name);

test("without options, everything is measured", () => {
  expect(idsOf([])).toEqual(workloads.map(({ id }) => id));
  expect(namesOf([])).toEqual(subjects.map(({ name }) => name));
});

test("workloads and subjects are chosen by name, part and star; foretile is always there", () => {
  expect(idsOf(["--", "--workload", "w3,W1"])).toEqual(["W1", "W3 step", "W3 steps"]);
  expect(namesOf(["--subject", "lancedb*"])).toEqual(["foretile", "lancedb", "lancedb-default"]);
  expect(namesOf(["--subject", "foretile,numpy"])).toEqual(["foretile", "numpy"]);
});

describe("wrong use", () => {
  test.each([
    ["--workload", "W9"],
    ["--subject", "nobody"],
    ["--rounds", "0"],
    ["--answers", "many"],
    ["--steps", "1"],
    ["--unknown", "1"],
  ])("%s %s is refused", (option, value) => {
    expect(() => parseCommandLine([option, value])).toThrow(UsageError);
  });
});

test("the help names every option, the list every subject", () => {
  for (const option of [
    "workload",
    "subject",
    "rounds",
    "prices",
    "folder",
    "json",
    "no-install",
  ]) {
    expect(HELP).toContain(`--${option} `);
  }
  for (const { name, settings } of subjects)
    expect(listing()).toContain(`${name.padEnd(24)}${settings}`);
});
