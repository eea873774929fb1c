import { expect, test } from "vitest";

import { SharedRanges, WorkerPool } from "../src/index.ts";
import type { Trial } from "./trial.worker.ts";

const entry = new URL("./trial.worker.ts", import.meta.url);

test("every range goes to exactly one of all threads", async () => {
  await using pool = new WorkerPool<Trial, number>(entry, {
    workerCount: 3,
    start: { name: "taker" },
  });
  const ranges = SharedRanges.create(200_000);
  const visits = new SharedArrayBuffer(4 * ranges.count);
  const start = new SharedArrayBuffer(4);
  const trial: Trial = { do: "ranges", memory: ranges.memory, visits, start, count: 3 };
  const taken = await Promise.all([trial, trial, trial].map((question) => pool.ask(question)));
  expect(taken.reduce((sum, count) => sum + count)).toBe(ranges.count);
  expect(new Set(new Int32Array(visits))).toEqual(new Set([1]));
  expect(ranges.doneCount).toBe(ranges.count);
});

test("gives ranges in order, one for one, none at all for no work", () => {
  const ranges = SharedRanges.create(2);
  expect([ranges.take(), ranges.take(), ranges.take(), ranges.take()]).toEqual([
    0,
    1,
    undefined,
    undefined,
  ]);
  expect(SharedRanges.create(0).take()).toBeUndefined();
});

test("knows what is done: a range that was only taken is not", () => {
  const ranges = SharedRanges.create(3);
  const other = new SharedRanges(ranges.memory);
  other.take();
  other.take();
  other.finish(1);
  expect([0, 1, 2].map((range) => ranges.isDone(range))).toEqual([false, true, false]);
  expect(ranges.doneCount).toBe(1);
});

test("after a stop nobody takes another", () => {
  const ranges = SharedRanges.create(3);
  expect(ranges.take()).toBe(0);
  ranges.stop();
  expect(ranges.take()).toBeUndefined();
  ranges.finish(0);
  expect(ranges.doneCount).toBe(1);
});
