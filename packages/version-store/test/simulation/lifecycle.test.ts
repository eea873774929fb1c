import { exploreSeeds } from "@foretile/simulation";
import { expect, test } from "vitest";
import { chosenSeeds } from "./chosen-seeds.ts";
import { everyFault } from "./commit-history.ts";
import { lifecycleHistory } from "./lifecycle-history.ts";

const { timeoutMs, ...chosen } = chosenSeeds(500);

test(
  "collections never take what is needed, and garbage goes, whatever fails and whatever clocks say",
  async () => {
    const { seeds } = await exploreSeeds({ ...chosen, faults: everyFault }, lifecycleHistory);
    expect(seeds).toBe(chosen.count);
  },
  timeoutMs,
);
