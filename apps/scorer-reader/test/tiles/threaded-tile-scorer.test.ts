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

function runsOf(ids: readonly number[]) {
  return ids.map((id) => ({ minerIds: [id] }));
}

/** @returns the URL of a store with the request */
async function publishedStore(folder: string): Promise<string> {
  const store = await createStore(folder);
  await using opened = store.opened;
  await opened.predictions.publish(
    request,
    minerIds.map((id) => validAnswer(id, walks(request, id))),
  );
  return store.url;
}

/** A worker that ends before it answers. */
function program(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

test("gives bit for bit what one thread gives, in the order asked for, on any number of threads", async () => {
  await using folder = await temporaryFolder();
  const url = await publishedStore(folder.path);
  await using local = new LocalTileScorer(url);
  const wanted = minerIds.toReversed();
  const expected = await local.score(job, runsOf(wanted));
  expect(expected.map(({ minerId }) => minerId)).toEqual(wanted);
  for (const threadCount of [1, 3]) {
    await using threaded = new ThreadedTileScorer(url, { threadCount });
    let told = 0;
    const onScored = (count: number): void => {
      told += count;
    };
    expect(await threaded.score(job, runsOf(wanted), { onScored })).toEqual(expected);
    expect(told).toBe(wanted.length);
    await threaded.release();
    // The workers are used for one request after the other; one tile and none are work, too.
    expect(await threaded.score(job, runsOf(wanted.slice(0, 1)))).toEqual(expected.slice(0, 1));
    expect(await threaded.score(job, [])).toEqual([]);
  }
});

test("a store that cannot be opened is the store's own error", async () => {
  await using folder = await temporaryFolder();
  await using threaded = new ThreadedTileScorer(`lmdb:${folder.path}/none`, { threadCount: 2 });
  await expect(threaded.score(job, runsOf(minerIds))).rejects.toMatchObject({
    name: "StorageError",
    code: "not-a-store",
  });
});

test.each([
  ["leaves", "process.exit(3)", /a worker ended early exit_code=3/],
  ["throws", "throw new Error('boom')", /a worker failed/],
])("a worker that %s is a typed error, now and later", async (_, source, message) => {
  await using folder = await temporaryFolder();
  const url = await publishedStore(folder.path);
  await using threaded = new ThreadedTileScorer(url, {
    threadCount: 2,
    entry: program(source),
  });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const scoring = threaded.score(job, runsOf(minerIds));
    await expect(scoring).rejects.toThrow(message);
    await expect(scoring).rejects.toMatchObject({ name: "WorkerPoolError", code: "worker-failed" });
  }
  // What needs no worker goes on.
  expect(await threaded.score(job, runsOf(minerIds.slice(0, 1)))).toHaveLength(1);
});

test("stops at a signal, on all threads", async () => {
  await using folder = await temporaryFolder();
  const url = await publishedStore(folder.path);
  await using threaded = new ThreadedTileScorer(url, { threadCount: 2 });
  const controller = new AbortController();
  let scored = 0;
  const onScored = (count: number): void => {
    scored += count;
    controller.abort(new Error("enough"));
  };
  const { signal } = controller;
  await expect(threaded.score(job, runsOf(minerIds), { signal, onScored })).rejects.toThrow(
    "enough",
  );
  expect(scored).toBeLessThan(minerIds.length);
  expect(await threaded.score(job, runsOf(minerIds))).toHaveLength(minerIds.length);
});
