import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runWithDeadline } from "../src/index.ts";
import { systemClock } from "../src/system.ts";

const late = new Error("late");
const options = { clock: systemClock, timeoutMs: 100, timeoutError: () => late };

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("an operation in time gives its result and leaves no timer", async () => {
  const result = runWithDeadline((signal) => systemClock.sleep(99, signal), options);
  await vi.advanceTimersByTimeAsync(99);
  expect(await result).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});

test("a late operation is told by its signal and left behind", async () => {
  let heard: unknown;
  const operation = (signal: AbortSignal): Promise<never> => {
    signal.addEventListener("abort", () => (heard = signal.reason));
    return new Promise(() => {});
  };
  const settled = Promise.allSettled([runWithDeadline(operation, options)]);
  await vi.advanceTimersByTimeAsync(100);
  expect(await settled).toEqual([{ status: "rejected", reason: late }]);
  expect(heard).toBe(late);
});

test("the caller's abort reaches the operation with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const result = runWithDeadline((signal) => systemClock.sleep(50, signal), {
    ...options,
    signal: controller.signal,
  });
  controller.abort(reason);
  await expect(result).rejects.toBe(reason);
  expect(vi.getTimerCount()).toBe(0);
});

test("the operation's own failure passes through", async () => {
  const failure = new Error("failure");
  await expect(runWithDeadline(() => Promise.reject(failure), options)).rejects.toBe(failure);
  expect(vi.getTimerCount()).toBe(0);
});
