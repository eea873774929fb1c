import {
  CodedError,
  codedErrorGuard,
  type CodedErrorOptions,
} from "@foretile/resilience/coded-error";

/**
 * What went wrong in the scorer itself; failures of stores keep their own classes.
 *
 * - `price-file-empty`: the price file holds no row.
 * - `price-file-too-large`: the price file has more rows than are taken.
 * - `price-row-invalid`: a line is no `timestamp,price` row; `details.line` counts from 1.
 * - `price-conflict`: two rows give one timestamp different prices; `details.line` and `details.firstLine`.
 */
export type ScorerErrorCode =
  | "price-file-empty"
  | "price-file-too-large"
  | "price-row-invalid"
  | "price-conflict";

/** A failure of the scorer. `retry` tells whether the same call may be repeated. */
export class ScorerError extends CodedError<ScorerErrorCode> {
  override readonly name = "ScorerError";

  // oxlint-disable-next-line no-useless-constructor -- makes the protected constructor of the base public
  constructor(code: ScorerErrorCode, message: string, options?: CodedErrorOptions) {
    super(code, message, options);
  }
}

/** `true` for a {@link ScorerError} with one of `codes` when codes are given. */
export const isScorerError: ReturnType<typeof codedErrorGuard<ScorerError>> =
  codedErrorGuard<ScorerError>("ScorerError");
