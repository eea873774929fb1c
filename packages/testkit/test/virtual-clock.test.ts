import { expect, test } from "vitest";
import { createVirtualClock } from "../src/index.ts";

test("time stands still until it is advanced", async () => {
  const clock = createVirtualClock({ startMs: 1_000 });
  await clock.advance(250);
  expect(clock.nowMs()).toBe(1_250);
  expect(clock.monotonicMs()).toBe(250);
});

test("sleepers wake in order of their time, then of their call", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const woken: string[] = [];
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name}@${clock.monotonicMs()}`);
  };
  const all = [sleep("late", 30), sleep("first", 10), sleep("second", 10)];
  await clock.advance(29);
  expect(woken).toEqual(["first@10", "second@10"]);
  await clock.advance(1);
  expect(woken).toEqual(["first@10", "second@10", "late@30"]);
  await Promise.all(all);
});

test("a sleeper that sleeps again is woken again in the same advance", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const ticks: number[] = [];
  const loop = async (): Promise<void> => {
    for (let index = 0; index < 3; index += 1) {
      await clock.sleep(10);
      ticks.push(clock.monotonicMs());
    }
  };
  const running = loop();
  await clock.advance(100);
  await running;
  expect(ticks).toEqual([10, 20, 30]);
  expect(clock.monotonicMs()).toBe(100);
});

test("an aborted sleep rejects with the reason and leaves no sleeper", async () => {
  const clock = createVirtualClock({ startMs: 0 });
  const controller = new AbortController();
  const reason = new Error("enough");
  const sleeping = clock.sleep(10, controller.signal);
  expect(clock.sleeperCount()).toBe(1);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  expect(clock.sleeperCount()).toBe(0);
  await expect(clock.sleep(10, controller.signal)).rejects.toBe(reason);
});
