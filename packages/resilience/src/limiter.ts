import { ResilienceError } from "./resilience-error.ts";

/** Enough for a burst of one request's tiles and panels; beyond it something is wrong upstream. */
const DEFAULT_MAX_QUEUED = 10_000;

export interface LimiterOptions {
  /** The most weight that may run at once, > 0: calls when each weighs 1, or bytes when each weighs its bytes. */
  readonly capacity: number;
  /** The most calls that may wait. Default 10 000. */
  readonly maxQueued?: number | undefined;
}

export interface LimitedCallOptions {
  /** Default 1. More than the whole capacity counts as the whole: such a call runs alone. */
  readonly weight?: number | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

export interface Limiter {
  /**
   * Runs `operation` as soon as there is room for it, first come, first served: a heavy call is not overtaken.
   *
   * @throws {ResilienceError} `queue-full`; the signal's reason when it was aborted while waiting
   */
  run<T>(operation: () => Promise<T>, options?: LimitedCallOptions): Promise<T>;
  /** Changes the capacity, > 0. What runs goes on; what waits is let in when there is room by the new one. */
  resize(capacity: number): void;
}

interface Waiting {
  readonly weight: number;
  readonly admit: () => void;
}

/** A weighted semaphore with a bounded queue. */
export function createLimiter(options: LimiterOptions): Limiter {
  const { maxQueued = DEFAULT_MAX_QUEUED } = options;
  let { capacity } = options;
  // In order of arrival.
  const queue = new Set<Waiting>();
  let running = 0;

  /** What weighs more than the whole capacity, which may have been more when it came, runs alone. */
  function hasRoom(weight: number): boolean {
    return running === 0 || running + weight <= capacity;
  }

  function admitNext(): void {
    for (const waiting of queue) {
      if (!hasRoom(waiting.weight)) return;
      queue.delete(waiting);
      running += waiting.weight;
      waiting.admit();
    }
  }

  function enter(weight: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        queue.delete(waiting);
        reject(signal?.reason as Error);
        // What waited behind a heavy call may fit now.
        admitNext();
      };
      const waiting: Waiting = {
        weight,
        admit: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      queue.add(waiting);
      admitNext();
    });
  }

  return {
    run: async (operation, { weight = 1, signal } = {}) => {
      const counted = Math.min(weight, capacity);
      signal?.throwIfAborted();
      const mustWait = queue.size > 0 || !hasRoom(counted);
      if (mustWait && queue.size >= maxQueued) {
        throw new ResilienceError("queue-full", `too many calls are waiting limit=${maxQueued}`, {
          retry: "safe",
        });
      }
      await enter(counted, signal);
      try {
        return await operation();
      } finally {
        running -= counted;
        admitNext();
      }
    },

    resize: (to) => {
      capacity = to;
      admitNext();
    },
  };
}
