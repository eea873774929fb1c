import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a trace store.
 *
 * - `invalid-argument`: the call itself is wrong; the message says which part.
 * - `invalid-position`: a position or a tile is negative, not whole or beyond the last one.
 * - `invalid-query`: a condition on params cannot be meant.
 * - `invalid-set-name`: a trace set cannot have that name.
 * - `no-such-set`: the library has no trace set of that name.
 * - `tile-size-mismatch`: the set, or a tile of it, was made with another tile size.
 * - `value-type-mismatch`: the set, or a tile of it, holds values of another type.
 * - `too-large`: more than is held in memory at once; take or give less at a time.
 * - `tile-damaged`: stored bytes of a tile are missing or are not what was written; the message names the tile.
 * - `tile-expired`: the version of a tile was removed and collected while it was read; read again.
 * - `not-a-gold-table`: the table lacks families of Gold's layout; provision it, or open another.
 * - `conflict`: others changed the dictionary of a tile each time it was tried; repeat it later.
 * - `format-too-new`: written by a newer release; upgrade to read it.
 */
export type TraceStoreErrorCode =
  | "invalid-argument"
  | "invalid-position"
  | "invalid-query"
  | "invalid-set-name"
  | "no-such-set"
  | "tile-size-mismatch"
  | "value-type-mismatch"
  | "too-large"
  | "tile-damaged"
  | "tile-expired"
  | "not-a-gold-table"
  | "conflict"
  | "format-too-new";

/** A failure of the trace store. Failures of the stores below pass through as they are. */
export class TraceStoreError extends CodedError<TraceStoreErrorCode> {
  override readonly name = "TraceStoreError";
}

/** `true` for a {@link TraceStoreError}, with one of `codes` when codes are given. */
export const isTraceStoreError: ReturnType<typeof codedErrorGuard<TraceStoreError>> =
  codedErrorGuard<TraceStoreError>("TraceStoreError");
