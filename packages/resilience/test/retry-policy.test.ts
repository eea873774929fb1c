import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CodedError, createRetryPolicy, type RetryAdvice } from "../src/index.ts";
import { systemClock } from "../src/system.ts";

class ProbeError extends CodedError<"probe"> {
  override readonly name = "ProbeError";
}

/** Draws half of the bound for every wait. */
const halfway = { nextUint32: () => 2 ** 31 };

function failing(retry: RetryAdvice | undefined, failures: number) {
  const startedMs: number[] = [];
  const operation = async (): Promise<string> => {
    startedMs.push(Date.now());
    if (startedMs.length > failures) return "done";
    throw retry === undefined ? new Error("foreign") : new ProbeError("probe", "probe", { retry });
  };
  return { operation, startedMs };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const policy = createRetryPolicy({
  clock: systemClock,
  random: halfway,
  maxAttempts: 6,
  initialDelayMs: 100,
  maxDelayMs: 500,
});

/** How often an operation that fails once is started. */
async function attempts(retry: RetryAdvice | undefined, idempotent: boolean): Promise<number> {
  const { operation, startedMs } = failing(retry, 1);
  const settled = Promise.allSettled([policy.run(operation, { idempotent })]);
  await vi.runAllTimersAsync();
  await settled;
  return startedMs.length;
}

test("waits grow up to the bound", async () => {
  const { operation, startedMs } = failing("safe", 5);
  const result = policy.run(operation);
  await vi.runAllTimersAsync();
  expect(await result).toBe("done");
  expect(startedMs).toEqual([0, 50, 150, 350, 600, 850]);
});

test("only safe failures are repeated, and unknown outcomes of idempotent calls", async () => {
  expect(await attempts("safe", false)).toBe(2);
  expect(await attempts("unknown-outcome", true)).toBe(2);
  expect(await attempts("unknown-outcome", false)).toBe(1);
  expect(await attempts("never", true)).toBe(1);
  expect(await attempts(undefined, true)).toBe(1);
});

test("giving up rethrows the last error as it is, and no policy above tries again", async () => {
  const { operation, startedMs } = failing("unknown-outcome", Infinity);
  const options = { idempotent: true };
  const wrapped = async (): Promise<string> => {
    try {
      return await policy.run(operation, options);
    } catch (cause) {
      throw new ProbeError("probe", "above", { retry: "safe", cause });
    }
  };
  const [direct, nested] = [
    Promise.allSettled([policy.run(() => policy.run(operation, options), options)]),
    Promise.allSettled([policy.run(wrapped, options)]),
  ];
  await vi.runAllTimersAsync();
  const [[first], [second]] = [await direct, await nested];
  expect(first).toMatchObject({
    status: "rejected",
    reason: { name: "ProbeError", code: "probe", retry: "unknown-outcome" },
  });
  expect(second).toMatchObject({ status: "rejected", reason: { message: "above" } });
  expect(startedMs).toHaveLength(12);
});

test("an abort during a wait ends it with the signal's reason", async () => {
  const { operation, startedMs } = failing("safe", Infinity);
  const controller = new AbortController();
  const reason = new Error("enough");
  const settled = Promise.allSettled([policy.run(operation, { signal: controller.signal })]);
  await vi.advanceTimersByTimeAsync(10);
  controller.abort(reason);
  expect(await settled).toEqual([{ status: "rejected", reason }]);
  expect(startedMs).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a failure after the abort is not repeated", async () => {
  const controller = new AbortController();
  const error = new ProbeError("probe", "probe", { retry: "safe" });
  const operation = vi.fn<() => Promise<never>>(async () => {
    controller.abort();
    throw error;
  });
  await expect(policy.run(operation, { signal: controller.signal })).rejects.toBe(error);
  expect(operation).toHaveBeenCalledTimes(1);
});
