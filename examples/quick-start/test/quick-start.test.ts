import { join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";
import { quickStart } from "../src/quick-start.ts";

test("the example publishes, reads, scores and slices", async () => {
  await using folder = await temporaryFolder();
  const { score, afterAnHour } = await quickStart(join(folder.path, "forecasts"));
  expect(score).toMatchObject({ status: "scored", evaluations: 345 });
  // Twelve steps of −3, −2 and −1 from 11 700: the first paths' index modulo 7 at that step.
  expect(afterAnHour).toEqual([0, 1, 2].map((path) => 11_700 + 12 * (((12_000 + path) % 7) - 3)));
});
