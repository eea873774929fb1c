import { exploreSeeds } from "@foretile/simulation";
import { expect, test } from "vitest";
import { commitHistory, everyFault } from "./commit-history.ts";

test("commits by several processes on a store with faults are each there once, whole, in order", async () => {
  const { seeds } = await exploreSeeds({ count: 300, faults: everyFault }, commitHistory);
  expect(seeds).toBe(300);
}, 120_000);
