import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a library.
 *
 * About the call:
 * - `invalid-argument`: the call itself is wrong.
 * - `invalid-range`: a range is reversed or does not fit the value.
 * - `no-such-column`: a wanted column is not in the frame.
 * - `schema-mismatch`: the rows do not fit the stored value's schema.
 * - `unsorted-append`: the rows come before the stored value's last row.
 * - `not-append-only`: rows since a version were asked for, but not only appends happened since.
 *
 * About the library:
 * - `not-a-library`: the store holds no library; create one first.
 * - `library-exists`: the store holds a library already.
 * - `format-too-new`: written by a newer release; upgrade to read it.
 * - `unsupported-capability`: a composition that this build or this store cannot read back, or a store whose
 *   compare-and-set does not keep what it promises.
 * - `read-only-library`: opened for reading only.
 * - `quota-exceeded`: the library is full by its own quota.
 *
 * About what is stored:
 * - `no-data-found`: no such symbol, or no such version of it.
 * - `version-expired`: the version was removed and collected while it was read.
 * - `segment-expired`: the rule of a table about old cells took a segment of the version.
 * - `version-pinned`: a snapshot pins the version.
 * - `no-such-snapshot`, `duplicate-snapshot`: of a snapshot's name.
 * - `data-integrity`: stored bytes are missing or are not what was written.
 *
 * About a change:
 * - `concurrent-modification`: others changed the symbol; the whole change may be repeated.
 * - `version-taken`: a commit that keeps its number found that the symbol had that number, or a later one.
 * - `commit-outcome-unknown`: the store never said whether the commit happened; ask `wasCommitted`.
 * - `transaction-expired`: the transaction outlived its lifetime and was given up; start again.
 * - `transaction-closed`: the transaction was committed or abandoned before.
 * - `collection-refused`: a collection would delete more than it was allowed to; nothing was deleted.
 */
export type VersionStoreErrorCode =
  | "invalid-argument"
  | "invalid-range"
  | "no-such-column"
  | "schema-mismatch"
  | "unsorted-append"
  | "not-append-only"
  | "not-a-library"
  | "library-exists"
  | "format-too-new"
  | "unsupported-capability"
  | "read-only-library"
  | "quota-exceeded"
  | "no-data-found"
  | "version-expired"
  | "segment-expired"
  | "version-pinned"
  | "no-such-snapshot"
  | "duplicate-snapshot"
  | "data-integrity"
  | "concurrent-modification"
  | "version-taken"
  | "commit-outcome-unknown"
  | "transaction-expired"
  | "transaction-closed"
  | "collection-refused";

/** A failure of the version store. Failures of the store below pass through as they are. */
export class VersionStoreError extends CodedError<VersionStoreErrorCode> {
  override readonly name = "VersionStoreError";
}

/** `true` for a {@link VersionStoreError}, with one of `codes` when codes are given. */
export const isVersionStoreError: ReturnType<typeof codedErrorGuard<VersionStoreError>> =
  codedErrorGuard<VersionStoreError>("VersionStoreError");
