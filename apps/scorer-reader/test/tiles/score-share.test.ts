import { requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { SharedRanges } from "@foretile/worker-pool";
import { expect, test } from "vitest";

import { LocalTileScorer } from "../../src/tiles/local-tile-scorer.ts";
import { scoreShare } from "../../src/tiles/score-share.ts";
import { SharedScores } from "../../src/tiles/shared-scores.ts";
import { createStore, TINY, tinyRequest, validAnswer, walks } from "../support/scored-store.ts";

const request = tinyRequest();
const prices = Float64Array.from({ length: 11 }, (_, step) => 100 + Math.sin(step));
const job = { key: requestKey(request), version: 1, prices, intervals: TINY.intervals };

test("takes what nobody has, and leaves to others what they took", async () => {
  await using folder = await temporaryFolder();
  const store = await createStore(folder.path);
  await using opened = store.opened;
  const answers = [1, 2, 3].map((id) => validAnswer(id, walks(request, id)));
  await opened.predictions.publish(request, answers);
  await using scorer = new LocalTileScorer(store.url);
  const parts = [1, 2, 3].map((id, firstTile) => ({ firstTile, minerIds: [id] }));
  const ranges = SharedRanges.create(parts.length);
  const scores = SharedScores.create(job, parts.length);
  expect(ranges.take()).toBe(0);
  let told = 0;
  const onPart = (): void => {
    told += 1;
  };
  expect(await scoreShare(scorer, { job, parts, ranges, scores }, { onPart })).toEqual([]);
  expect(told).toBe(2);
  expect([0, 1, 2].map((range) => ranges.isDone(range))).toEqual([false, true, true]);
  expect(scores.read(0, 1)).toBeUndefined();
  const [expected] = await scorer.score(job, [{ minerIds: [3] }]);
  expect(scores.read(2, 3)).toEqual(expected);
});
