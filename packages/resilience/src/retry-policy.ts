import type { Clock, Random } from "./clock.ts";
import { retryAdvice } from "./coded-error.ts";
import { hasGivenUp, markGivenUp } from "./giving-up.ts";

export interface RetryPolicyOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Tries in all, the first one included, ≥ 1. Default 4. */
  readonly maxAttempts?: number | undefined;
  /** Upper bound of the first wait, doubled for each further one. Default 50. */
  readonly initialDelayMs?: number | undefined;
  /** Upper bound of every wait. Default 5 000. */
  readonly maxDelayMs?: number | undefined;
}

export interface RetryOptions {
  /** Whether repeating the operation after an unknown outcome does no harm. Default false. */
  readonly idempotent?: boolean | undefined;
  /** Ends the waiting; an attempt under way is the operation's own matter. */
  readonly signal?: AbortSignal | undefined;
}

export interface RetryPolicy {
  /**
   * Runs `operation` until it succeeds, fails for good, or the attempts are used up.
   *
   * The last error is rethrown as it is, with its class, code and advice, so that an unknown outcome is not forgotten;
   * but it is marked, and no policy above tries again.
   *
   * @throws the operation's error, or the signal's reason when it was aborted during a wait
   */
  run<T>(operation: () => Promise<T>, options?: RetryOptions): Promise<T>;
}

/**
 * Repeats what is `safe` to repeat, and what ended with `unknown-outcome` when the call is idempotent. Errors without
 * advice are never repeated.
 *
 * Waits are drawn uniformly from [0, min(maxDelayMs, initialDelayMs · 2^n)): exponential back-off with "full jitter"
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015), which spreads competing callers best.
 */
export function createRetryPolicy(options: RetryPolicyOptions): RetryPolicy {
  const { clock, random, maxAttempts = 4, initialDelayMs = 50, maxDelayMs = 5_000 } = options;

  function delayMs(attempt: number): number {
    const bound = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
    return (random.nextUint32() / 2 ** 32) * bound;
  }

  return {
    run: async (operation, { idempotent = false, signal } = {}) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await operation();
        } catch (error) {
          if (!isRetryable(error, idempotent) || signal?.aborted === true) throw error;
          if (attempt >= maxAttempts) throw markGivenUp(error);
        }
        await clock.sleep(delayMs(attempt), signal);
      }
    },
  };
}

/** Whether a policy would repeat a call that failed with `error`. */
export function isRetryable(error: unknown, idempotent: boolean): error is Error {
  if (hasGivenUp(error)) return false;
  const advice = retryAdvice(error);
  return advice === "safe" || (advice === "unknown-outcome" && idempotent);
}
