import { expect, test } from "vitest";

import { SharedScores } from "../../src/tiles/shared-scores.ts";
import type { TileOutcome } from "../../src/tiles/tile-scorer.ts";

const job = { intervals: { "5min": 300, "24hour_abs": 86_400 } };
const outcomes: readonly TileOutcome[] = [
  { status: "scored", minerId: 7, crps: 1 / 3, intervals: { "5min": 0.1, "24hour_abs": 0 } },
  { status: "scored", minerId: 8, crps: 0, intervals: { "5min": 0 } },
  { status: "invalid", minerId: 9, reason: "zero_price" },
  { status: "invalid", minerId: 10, reason: "score_not_finite" },
  { status: "damaged", minerId: 11, message: "a flipped bit" },
];

test("another view of the memory gives what was written; a tile that nobody scored has nothing", () => {
  const scores = SharedScores.create(job, outcomes.length + 1);
  for (const [tile, outcome] of outcomes.entries()) scores.write(tile, outcome);
  const other = new SharedScores(job, scores.memory);
  for (const [tile, outcome] of outcomes.entries()) {
    expect(other.read(tile, outcome.minerId, "a flipped bit")).toEqual(outcome);
  }
  expect(other.read(outcomes.length, 12)).toBeUndefined();
});
