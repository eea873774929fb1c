import { exploreSeeds } from "@foretile/simulation";
import { expect, test } from "vitest";
import { everyFault } from "./commit-history.ts";
import { lifecycleHistory } from "./lifecycle-history.ts";

test("collections never take what is needed, and garbage goes, whatever fails and whatever clocks say", async () => {
  const { seeds } = await exploreSeeds({ count: 200, faults: everyFault }, lifecycleHistory);
  expect(seeds).toBe(200);
}, 120_000);
