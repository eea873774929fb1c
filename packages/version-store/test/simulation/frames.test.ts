import { exploreSeeds } from "@foretile/simulation";
import { expect, test } from "vitest";
import { chosenSeeds } from "./chosen-seeds.ts";
import { everyFault } from "./commit-history.ts";
import { frameHistory } from "./frame-history.ts";

const { timeoutMs, ...chosen } = chosenSeeds(200);

test(
  "changes of rows are each there once, whole, beside those of others, whatever is collected",
  async () => {
    const { seeds } = await exploreSeeds({ ...chosen, faults: everyFault }, frameHistory);
    expect(seeds).toBe(chosen.count);
  },
  timeoutMs,
);
