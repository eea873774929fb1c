import { describe, expect, test } from "vitest";
import { exploreSeeds, type FaultProbabilities } from "../src/index.ts";
import {
  countCarefully,
  countingHistory,
  overwriteBlindly,
  repeatAfterErrors,
} from "./toy-counter.ts";

const every: FaultProbabilities = {
  delay: 0.1,
  crash: 0.01,
  fail: 0.05,
  late: 0.05,
  "lose-reply": 0.05,
  duplicate: 0.05,
};

describe("the known mistakes of a counter are found", () => {
  test("a blind overwrite loses an update, without any fault", async () => {
    const history = countingHistory(overwriteBlindly, { actors: 2, turns: 2 });
    await expect(exploreSeeds({ count: 20 }, history)).rejects.toMatchObject({
      code: "history-failed",
    });
  });

  test.each(["lose-reply", "late"] as const)(
    "an unknown outcome taken for a failure counts twice, by %s",
    async (kind) => {
      const history = countingHistory(repeatAfterErrors, { actors: 2, turns: 3 });
      await expect(
        exploreSeeds({ count: 100, faults: { [kind]: 0.1 } }, history),
      ).rejects.toMatchObject({ code: "history-failed" });
      // It is right as long as every outcome is known.
      await exploreSeeds({ count: 100, faults: { fail: 0.1, delay: 0.2 } }, history);
    },
  );
});

test("a careful counter passes 500 seeds with every fault", async () => {
  const history = countingHistory(countCarefully, { actors: 3, turns: 3 });
  const { seeds } = await exploreSeeds({ count: 500, faults: every }, history);
  expect(seeds).toBe(500);
});
