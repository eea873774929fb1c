import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { runScorer } from "../support/run-scorer.ts";
import { minutePrices, writePrices } from "../support/scored-store.ts";
import { scorerCatalogSuite } from "./catalog-suite.ts";

scorerCatalogSuite("a catalog in the store", async () => "store");

test.each([
  [["--due"], "no catalog given"],
  [["--due", "--request", "low/BTC#0"], "exclude each other"],
  [["--catalog", "postgresql://me:secret@localhost/synth"], "must not hold a password"],
] as const)("with %j it is said what is wrong", async (argv, message) => {
  await using folder = await temporaryFolder();
  const prices = await writePrices(folder.path, minutePrices(0, 2));
  const run = await runScorer(["score", "--store", "memory:due", "--prices", prices, ...argv]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain(message);
});
