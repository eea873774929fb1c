import { exploreSeeds } from "@foretile/simulation";
import { expect, test } from "vitest";
import { chosenSeeds } from "./chosen-seeds.ts";
import { commitHistory, everyFault } from "./commit-history.ts";

const { timeoutMs, ...chosen } = chosenSeeds(1000);

test(
  "commits by several processes on a store with faults are each there once, whole, in order",
  async () => {
    const { seeds } = await exploreSeeds({ ...chosen, faults: everyFault }, commitHistory);
    expect(seeds).toBe(chosen.count);
  },
  timeoutMs,
);
