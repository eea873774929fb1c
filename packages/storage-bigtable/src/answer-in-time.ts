import { runWithDeadline, type Clock, type RetryAdvice } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";

import type { BigtablePlace } from "./bigtable-place.ts";
import { UNANSWERED_REMEDY } from "./errors.ts";
import { endpointOf } from "./service-clients.ts";

/** Enough for a service that makes a table; somebody waits for what is done here. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface AnswerOptions {
  readonly place: BigtablePlace;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** `safe` where nothing can have changed. */
  readonly retry: RetryAdvice;
}

/**
 * Runs a few calls that no layer of a store bounds. An endpoint that takes connections and never answers, as a wrong
 * port or a firewall does, is told by no status: gRPC waits for as long as the connection stands.
 *
 * @throws {StorageError} `timeout` when they are not done within a minute, or what `work` throws
 */
export function answerInTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { place, clock, signal, retry }: AnswerOptions,
): Promise<T> {
  return runWithDeadline(work, {
    clock,
    timeoutMs: ANSWER_TIMEOUT_MS,
    signal,
    timeoutError: () =>
      new StorageError(
        "timeout",
        `no answer in time, ${UNANSWERED_REMEDY} at=${endpointOf(place)} timeoutMs=${ANSWER_TIMEOUT_MS}`,
        { retry, details: { remedy: UNANSWERED_REMEDY } },
      ),
  });
}
