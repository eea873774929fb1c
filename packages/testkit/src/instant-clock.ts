import type { Clock } from "@foretile/resilience";

/**
 * A clock on which every sleep is over at once and moves the time by its length. For code whose waits do not matter to
 * the test; code that races a sleep against work (a deadline) needs a virtual clock instead.
 */
export function createInstantClock(options: { readonly startMs: number }): Clock {
  const { startMs } = options;
  let elapsedMs = 0;
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: async (durationMs, signal) => {
      signal?.throwIfAborted();
      elapsedMs += durationMs;
    },
  };
}
