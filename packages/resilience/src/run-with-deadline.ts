import type { Clock } from "./clock.ts";

export interface DeadlineOptions {
  readonly clock: Clock;
  /** How long the operation may take, in milliseconds ≥ 0. */
  readonly timeoutMs: number;
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error of a missed deadline. */
  readonly timeoutError: () => Error;
}

/**
 * Runs `operation` with a signal that is aborted when the caller's is, or when the time is up. At the deadline the
 * result rejects at once, whether or not the operation heeds its signal; what it does afterwards is nobody's business.
 *
 * @throws what `timeoutError` makes, or the operation's error
 */
export async function runWithDeadline<T>(
  operation: (signal: AbortSignal) => Promise<T>,
  options: DeadlineOptions,
): Promise<T> {
  const { clock, timeoutMs, signal, timeoutError } = options;
  const expired = new AbortController();
  const finished = new AbortController();

  async function expire(): Promise<never> {
    await clock.sleep(timeoutMs, finished.signal);
    const error = timeoutError();
    expired.abort(error);
    throw error;
  }

  const signals = signal === undefined ? [expired.signal] : [signal, expired.signal];
  try {
    return await Promise.race([operation(AbortSignal.any(signals)), expire()]);
  } finally {
    finished.abort();
  }
}
