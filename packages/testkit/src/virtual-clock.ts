import { setImmediate } from "node:timers/promises";
import type { Clock } from "@foretile/resilience";

/** A clock that stands still until it is told to advance. */
export interface VirtualClock extends Clock {
  /**
   * Moves the time forward and wakes every sleeper that falls due, in order of its time, then of its call.
   * After each one everything that can run without time passing runs, so code woken here may sleep again and be woken
   * again in the same call.
   */
  advance(durationMs: number): Promise<void>;
  /** How many sleeps are waiting. */
  sleeperCount(): number;
}

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Virtual time that starts at `startMs` (milliseconds since 1970-01-01T00:00:00Z). */
export function createVirtualClock(options: { readonly startMs: number }): VirtualClock {
  const { startMs } = options;
  let elapsedMs = 0;
  const sleepers = new Set<Sleeper>();

  function nextDue(untilMs: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.dueMs > untilMs) continue;
      if (next === undefined || sleeper.dueMs < next.dueMs) next = sleeper;
    }
    return next;
  }

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleeperCount: () => sleepers.size,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          dueMs: elapsedMs + durationMs,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        if (signal?.aborted === true) abort();
        else signal?.addEventListener("abort", abort, { once: true });
      }),
    advance: async (durationMs) => {
      const untilMs = elapsedMs + durationMs;
      // A turn of the event loop runs every promise callback that is ready.
      await setImmediate();
      for (;;) {
        const sleeper = nextDue(untilMs);
        if (sleeper === undefined) break;
        elapsedMs = Math.max(elapsedMs, sleeper.dueMs);
        sleeper.wake();
        await setImmediate();
      }
      elapsedMs = untilMs;
    },
  };
}
