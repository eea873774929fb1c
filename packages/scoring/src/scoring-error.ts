import {
  CodedError,
  codedErrorGuard,
  type CodedErrorOptions,
} from "@foretile/resilience/coded-error";

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

  // oxlint-disable-next-line no-useless-constructor -- makes the protected constructor of the base public
  constructor(code: ScoringErrorCode, message: string, options?: CodedErrorOptions) {
    super(code, message, options);
  }
}

/** `true` for a {@link ScoringError}, of any copy of this package, with one of `codes` when codes are given. */
export const isScoringError: ReturnType<typeof codedErrorGuard<ScoringError>> =
  codedErrorGuard<ScoringError>("ScoringError");
