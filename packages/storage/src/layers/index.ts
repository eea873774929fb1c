/**
 * Layers around a store: each takes a store and gives one with the same promises and one more.
 *
 * ```ts
 * import { systemClock, systemRandom } from "@foretile/resilience/system";
 * import { withConcurrencyLimit, withDeadline, withRetry } from "@foretile/storage/layers";
 *
 * const patient = withDeadline(service, { clock: systemClock, timeoutMs: 5_000 });
 * const bounded = withConcurrencyLimit(patient, { maxConcurrent: 64 });
 * const store = withRetry(bounded, { clock: systemClock, random: systemRandom });
 * ```
 *
 * @module
 */
export { createCallCounter, type CallCounter, type CallTotals } from "./call-counter.ts";
export type { Fault, FaultRule } from "./fault-plan.ts";
export type { StoreOperation } from "./store-call.ts";
export {
  withConcurrencyLimit,
  type WithConcurrencyLimitOptions,
} from "./with-concurrency-limit.ts";
export { withDeadline, type WithDeadlineOptions } from "./with-deadline.ts";
export { withFaults, type WithFaultsOptions } from "./with-faults.ts";
export { withObserver, type StoreEvent, type WithObserverOptions } from "./with-observer.ts";
export { withRemoteDefaults, type RemoteDefaultsOptions } from "./with-remote-defaults.ts";
export { withRetry } from "./with-retry.ts";
