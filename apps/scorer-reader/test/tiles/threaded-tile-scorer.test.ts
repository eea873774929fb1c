import { requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { LocalTileScorer } from "../../src/tiles/local-tile-scorer.ts";
import { ThreadedTileScorer } from "../../src/tiles/threaded-tile-scorer.ts";
import { createStore, TINY, tinyRequest, validAnswer, walks } from "../support/scored-store.ts";

const request = tinyRequest();
const prices = Float64Array.from({ length: 11 }, (_, step) => 100 + Math.sin(step));
const job = { key: requestKey(request), version: 1, prices, intervals: TINY.intervals };
const minerIds = Array.from({ length: 23 }, (_, index) => 500 + index * 3);
const runs = runsOf(minerIds);

function runsOf(ids: readonly number[]) {
  return ids.map((id) => ({ minerIds: [id] }));
}

function program(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

test("gives bit for bit what one thread gives, in the order asked for, on any number of threads", async () => {
  await using folder = await temporaryFolder();
  const store = await createStore(folder.path);
  await using opened = store.opened;
  await opened.predictions.publish(
    request,
    minerIds.map((id) => validAnswer(id, walks(request, id))),
  );
  await using local = new LocalTileScorer(store.url);
  const wanted = minerIds.toReversed();
  const expected = await local.score(job, runsOf(wanted));
  expect(expected.map(({ minerId }) => minerId)).toEqual(wanted);
  for (const threadCount of [1, 2]) {
    await using threaded = new ThreadedTileScorer(store.url, { threadCount });
    let told = 0;
    const onScored = (count: number): void => {
      told += count;
    };
    expect(await threaded.score(job, runsOf(wanted), { onScored })).toEqual(expected);
    expect(told).toBe(wanted.length);
    await threaded.release();
    // A pool is used for one request after the other.
    expect(await threaded.score(job, runsOf(wanted.slice(0, 3)))).toEqual(expected.slice(0, 3));
    expect(await threaded.score(job, [])).toEqual([]);
  }
});

test("a store that cannot be opened is the store's own error", async () => {
  await using folder = await temporaryFolder();
  await using threaded = new ThreadedTileScorer(`lmdb:${folder.path}/none`, { threadCount: 2 });
  await expect(threaded.score(job, runs)).rejects.toMatchObject({
    name: "StorageError",
    code: "not-a-store",
  });
});

test.each([
  ["ends", "process.exit(3)", /a scoring thread ended early exit_code=3/],
  ["throws", "throw new Error('boom')", /a scoring thread failed/],
])("a thread that %s is a typed error, now and later", async (_, source, message) => {
  await using threaded = new ThreadedTileScorer("memory:", {
    threadCount: 2,
    entry: program(source),
  });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(threaded.score(job, runs)).rejects.toThrow(message);
    await expect(threaded.score(job, runs)).rejects.toMatchObject({
      name: "ScorerError",
      code: "worker-failed",
    });
  }
});

test("stops at a signal and waits for what the threads are doing", async () => {
  const controller = new AbortController();
  const answering = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (message) => {
      if (message.type === "end") return parentPort.close();
      parentPort.postMessage({ type: "scored", outcomes: [] });
    });
  `);
  await using threaded = new ThreadedTileScorer("memory:", { threadCount: 1, entry: answering });
  let parts = 0;
  const onScored = (): void => {
    parts += 1;
    if (parts === 2) controller.abort(new Error("enough"));
  };
  await expect(threaded.score(job, runs, { signal: controller.signal, onScored })).rejects.toThrow(
    "enough",
  );
  expect(parts).toBe(2);
});

test("gives a thread what lies together at once, and short runs a few together", async () => {
  const echoing = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (message) => {
      if (message.type === "end") return parentPort.close();
      const outcomes = [{ status: "damaged", minerId: 0, message: message.minerIds.join(" ") }];
      parentPort.postMessage({ type: "scored", outcomes });
    });
  `);
  await using threaded = new ThreadedTileScorer("memory:", { threadCount: 2, entry: echoing });
  const asked = [[1], [2, 3], [4], [5], [6, 7, 8, 9, 10, 11], [12], [13, 14, 15, 16]];
  const outcomes = await threaded.score(
    job,
    asked.map((ids) => ({ minerIds: ids })),
  );
  expect(outcomes.map((outcome) => "message" in outcome && outcome.message)).toEqual([
    "1 2 3 4",
    "5",
    "6 7 8 9 10 11",
    "12",
    "13 14 15 16",
  ]);
});
