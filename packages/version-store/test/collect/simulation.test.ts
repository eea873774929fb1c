import { exploreSeeds } from "@foretile/simulation";
import { expect, test } from "vitest";
import { chosenSeeds } from "../simulation/chosen-seeds.ts";
import { collectorHistory } from "./collector-history.ts";

const faults = {
  delay: 0.15,
  crash: 0.003,
  fail: 0.02,
  late: 0.02,
  "lose-reply": 0.02,
  duplicate: 0.05,
};

const { timeoutMs, ...chosen } = chosenSeeds(400);

test(
  "vectors 100, 120: collectors delete nothing that others need, whatever happens meanwhile",
  async () => {
    const { seeds } = await exploreSeeds(
      { ...chosen, faults, maxSteps: 200_000 },
      collectorHistory,
    );
    expect(seeds).toBe(chosen.count);
  },
  timeoutMs,
);
