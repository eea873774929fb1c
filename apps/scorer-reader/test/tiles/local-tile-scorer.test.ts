import { requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { LocalTileScorer } from "../../src/tiles/local-tile-scorer.ts";
import { createStore, TINY, tinyRequest, validAnswer, walks } from "../support/scored-store.ts";

const request = tinyRequest();
const prices = Float64Array.from({ length: 11 }, (_, step) => 100 + Math.sin(step));
const job = { key: requestKey(request), version: 1, prices, intervals: TINY.intervals };
const minerIds = [1, 2, 3, 4];

test("stops at a signal between two tiles", async () => {
  await using folder = await temporaryFolder();
  const store = await createStore(folder.path);
  await using opened = store.opened;
  const answers = minerIds.map((id) => validAnswer(id, walks(request, id)));
  await opened.predictions.publish(request, answers);
  await using scorer = new LocalTileScorer(store.url);
  const controller = new AbortController();
  let scored = 0;
  const onScored = (): void => {
    scored += 1;
    // What ends a real run comes from outside, as an event: scoring must let it in.
    if (scored === 1) setImmediate(() => controller.abort(new Error("enough")));
  };
  await expect(
    scorer.score(job, [{ minerIds }], { signal: controller.signal, onScored }),
  ).rejects.toThrow("enough");
  expect(scored).toBeLessThan(minerIds.length);
});

test("scores another version, and the same after the store was closed", async () => {
  await using folder = await temporaryFolder();
  const store = await createStore(folder.path);
  await using opened = store.opened;
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]);
  await opened.predictions.publish(request, [validAnswer(1, walks(request, 2))]);
  await using scorer = new LocalTileScorer(store.url);
  const first = await scorer.score(job, [{ minerIds: [1] }]);
  const second = await scorer.score({ ...job, version: 2 }, [{ minerIds: [1] }]);
  expect(second).not.toEqual(first);
  await scorer.release();
  expect(await scorer.score(job, [{ minerIds: [1] }])).toEqual(first);
});
