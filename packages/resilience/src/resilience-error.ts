import { CodedError, codedErrorGuard } from "./coded-error.ts";

/**
 * What the tools of this package refuse.
 *
 * - `queue-full`: a limiter has as many waiting calls as it may have.
 */
export type ResilienceErrorCode = "queue-full";

export class ResilienceError extends CodedError<ResilienceErrorCode> {
  override readonly name = "ResilienceError";
}

/** `true` for a {@link ResilienceError}, of any copy of this package, with one of `codes` when codes are given. */
export const isResilienceError: ReturnType<typeof codedErrorGuard<ResilienceError>> =
  codedErrorGuard<ResilienceError>("ResilienceError");
