import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a call.
 *
 * - `invalid-argument`: the call itself is wrong (shape, interval, a number that cannot be). What a miner or a price
 *   feed did is never an error here: those are outcomes in the result.
 */
export type ScoringErrorCode = "invalid-argument";

/** A call that cannot be computed. Repeating it never helps. */
export class ScoringError extends CodedError<ScoringErrorCode> {
  override readonly name = "ScoringError";
}

/** `true` for a {@link ScoringError}, of any copy of this package, with one of `codes` when codes are given. */
export const isScoringError: ReturnType<typeof codedErrorGuard<ScoringError>> =
  codedErrorGuard<ScoringError>("ScoringError");
