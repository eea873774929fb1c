import { expect, test } from "vitest";
import { createInstantClock } from "../src/index.ts";

test("a sleep is over at once and moves the time", async () => {
  const clock = createInstantClock({ startMs: 5_000 });
  await clock.sleep(60_000);
  expect(clock.nowMs()).toBe(65_000);
  expect(clock.monotonicMs()).toBe(60_000);
});

test("an aborted signal ends the sleep with its reason", async () => {
  const reason = new Error("enough");
  const clock = createInstantClock({ startMs: 0 });
  await expect(clock.sleep(1, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(clock.monotonicMs()).toBe(0);
});
