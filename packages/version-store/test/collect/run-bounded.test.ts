import { expect, test } from "vitest";
import { runBounded } from "../../src/collect/run-bounded.ts";

test("works on every item, no more than the limit at a time", async () => {
  let [running, most] = [0, 0];
  const done: number[] = [];
  await runBounded(Array.from({ length: 20 }, (_, index) => index).values(), 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test("starts nothing more after a failure, waits for what runs, and tells the first failure", async () => {
  const started: number[] = [];
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    started.push(item);
    await Promise.resolve();
    if (item > 0) throw new Error(`failed ${item}`);
    await Promise.resolve();
    ended.push(item);
  };
  await expect(runBounded([0, 1, 2, 3, 4].values(), 3, work)).rejects.toThrow("failed 1");
  expect(started).toEqual([0, 1, 2]);
  expect(ended).toEqual([0]);
});
