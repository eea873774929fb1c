/**
 * What to do after a failure: coded errors with retry advice, injected time and randomness, retries and limits.
 *
 * ```ts
 * import { createRetryPolicy } from "@foretile/resilience";
 * import { systemClock, systemRandom } from "@foretile/resilience/system";
 *
 * const policy = createRetryPolicy({ clock: systemClock, random: systemRandom, maxAttempts: 3 });
 * const answer = await policy.run(() => askService(), { idempotent: true });
 * ```
 *
 * @module
 */
export {
  CodedError,
  codedErrorGuard,
  retryAdvice,
  type CodedErrorOptions,
  type ErrorDetails,
  type RetryAdvice,
} from "./coded-error.ts";
export type { Clock, Random } from "./clock.ts";
export { markGivenUp } from "./giving-up.ts";
export { createIdSource, timeOfId, type IdSource } from "./id-source.ts";
export {
  createLimiter,
  type LimitedCallOptions,
  type Limiter,
  type LimiterOptions,
} from "./limiter.ts";
export {
  ResilienceError,
  isResilienceError,
  type ResilienceErrorCode,
} from "./resilience-error.ts";
export {
  createRetryPolicy,
  isRetryable,
  type RetryOptions,
  type RetryPolicy,
  type RetryPolicyOptions,
} from "./retry-policy.ts";
export { runWithDeadline, type DeadlineOptions } from "./run-with-deadline.ts";
