import { createLimiter, isResilienceError } from "@foretile/resilience";
import { StorageError } from "../storage-error.ts";
import type { Store } from "../store.ts";
import { applyLayer } from "./apply-layer.ts";

export interface WithConcurrencyLimitOptions {
  /** The most calls under way at once, ≥ 1. A listing counts only while it fetches a batch. */
  readonly maxConcurrent: number;
  /** The most calls that may wait; one more fails with `unavailable`, safe to repeat. Default 10 000. */
  readonly maxQueued?: number | undefined;
}

/** Lets calls wait, first come, first served, so that the store below never has too many at once. */
export function withConcurrencyLimit(store: Store, options: WithConcurrencyLimitOptions): Store {
  const limiter = createLimiter({ capacity: options.maxConcurrent, maxQueued: options.maxQueued });
  return applyLayer(store, {
    around: async ({ signal }, proceed) => {
      try {
        return await limiter.run(() => proceed(signal), { signal });
      } catch (error) {
        if (!isResilienceError(error, "queue-full")) throw error;
        throw new StorageError("unavailable", "too many calls are waiting for the store", {
          retry: "safe",
          cause: error,
        });
      }
    },
  });
}
