import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a catalog.
 *
 * - `invalid-argument`: the call itself is wrong (a number out of range, an option).
 * - `invalid-request`: a request to save breaks a rule; the message says which.
 * - `invalid-prediction`: a prediction to save breaks a rule. Costs that miner's row, nobody else's.
 * - `invalid-score`: a score or a reward is not finite. Costs that miner's row, nobody else's.
 * - `request-mismatch`: a request of that label, asset and start is there with other sizes.
 * - `ambiguous-request`: the database has several requests of that label, asset and start, made by another program.
 * - `no-such-request`: no request has that id.
 * - `no-such-prediction`: the request has no prediction of that miner.
 * - `unknown-miner`: no miner was registered with that id.
 * - `unknown-label`: the label of a request cannot be told, or no rule says what its requests look like.
 * - `not-restorable`: the tiles were handed over for deletion, or the payload was overwritten.
 * - `not-a-catalog`: nothing there, or something else than a catalog; the message says how to make one.
 * - `schema-mismatch`: the database's tables are not what they should be; the message says what to do.
 * - `format-too-new`: made by a newer release; upgrade to read it.
 * - `damaged`: stored bytes or rows are not what was written.
 * - `conflict`: others changed the same record again and again; nothing was changed.
 * - `closed`: the catalog was closed before or during the call.
 * - `aborted`: the caller's signal ended the call.
 * - `timeout`: the database gave the call up.
 * - `unavailable`: the database did not answer, or asks to come back later.
 * - `permission-denied`: the database refused the caller.
 * - `full`: no room left.
 * - `unknown`: anything that could not be classified.
 */
export type CatalogErrorCode =
  | "invalid-argument"
  | "invalid-request"
  | "invalid-prediction"
  | "invalid-score"
  | "request-mismatch"
  | "ambiguous-request"
  | "no-such-request"
  | "no-such-prediction"
  | "unknown-miner"
  | "unknown-label"
  | "not-restorable"
  | "not-a-catalog"
  | "schema-mismatch"
  | "format-too-new"
  | "damaged"
  | "conflict"
  | "closed"
  | "aborted"
  | "timeout"
  | "unavailable"
  | "permission-denied"
  | "full"
  | "unknown";

/**
 * A failure of a catalog. `retry` tells whether the same call may be repeated. Failures of a row store below pass
 * through as they are.
 */
export class CatalogError extends CodedError<CatalogErrorCode> {
  override readonly name = "CatalogError";
}

/** `true` for a {@link CatalogError}, of any copy of this package, with one of `codes` when codes are given. */
export const isCatalogError: ReturnType<typeof codedErrorGuard<CatalogError>> =
  codedErrorGuard<CatalogError>("CatalogError");
