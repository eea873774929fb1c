import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a library.
 *
 * - `invalid-argument`: the call itself is wrong.
 * - `not-a-library`: the store holds no library; create one first.
 * - `library-exists`: the store holds a library already.
 * - `format-too-new`: written by a newer release; upgrade to read it.
 * - `no-data-found`: no such symbol, or no such version of it.
 * - `data-integrity`: stored bytes are missing or are not what was written.
 * - `concurrent-modification`: others kept winning the head; the whole commit may be repeated.
 * - `commit-outcome-unknown`: the store never said whether the commit happened; ask `wasCommitted`.
 * - `transaction-closed`: the transaction was committed or abandoned before.
 */
export type VersionStoreErrorCode =
  | "invalid-argument"
  | "not-a-library"
  | "library-exists"
  | "format-too-new"
  | "no-data-found"
  | "data-integrity"
  | "concurrent-modification"
  | "commit-outcome-unknown"
  | "transaction-closed";

/** A failure of the version store. Failures of the store below pass through as they are. */
export class VersionStoreError extends CodedError<VersionStoreErrorCode> {
  override readonly name = "VersionStoreError";
}

/** `true` for a {@link VersionStoreError}, with one of `codes` when codes are given. */
export const isVersionStoreError: ReturnType<typeof codedErrorGuard<VersionStoreError>> =
  codedErrorGuard<VersionStoreError>("VersionStoreError");
