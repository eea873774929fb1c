import type { RetryPolicyOptions } from "@foretile/resilience";
import type { Store } from "../store.ts";
import {
  withConcurrencyLimit,
  type WithConcurrencyLimitOptions,
} from "./with-concurrency-limit.ts";
import { withDeadline } from "./with-deadline.ts";
import { withRetry } from "./with-retry.ts";

/** Enough for one large blob over a slow line; it is there to end calls that hang, not slow ones. */
const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_CONCURRENT = 64;

export interface RemoteDefaultsOptions
  extends RetryPolicyOptions, Partial<WithConcurrencyLimitOptions> {
  /** How long one attempt of a call, or of one batch of a listing, may take, in milliseconds. Default 120 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * What every store behind a network needs, in the order that works: a deadline for each attempt, a limit on the calls
 * under way (default 64), retries around both. Openers of remote stores apply it unless they are asked for the bare
 * store.
 */
export function withRemoteDefaults(store: Store, options: RemoteDefaultsOptions): Store {
  const {
    timeoutMs = DEFAULT_TIMEOUT_MS,
    maxConcurrent = DEFAULT_MAX_CONCURRENT,
    maxQueued,
    ...retry
  } = options;
  const patient = withDeadline(store, { clock: options.clock, timeoutMs });
  const bounded = withConcurrencyLimit(patient, { maxConcurrent, maxQueued });
  return withRetry(bounded, retry);
}
