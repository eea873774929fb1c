import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a prediction store.
 *
 * - `invalid-request`: a request's description breaks a rule; the message says which.
 * - `invalid-label`: a label's configuration breaks a rule.
 * - `unknown-label`: the store has no label of that name.
 * - `request-mismatch`: a request of that label, asset and start exists with other sizes.
 * - `invalid-answer`: an answer that a caller built does not fit its request.
 * - `no-such-request`: nothing was published under that key, or not that version.
 * - `no-such-tile`: the request has no valid answer of that miner.
 * - `invalid-slice`: the steps lie outside the request.
 * - `invalid-query`: a query asks for what cannot be; the message says which part.
 * - `format-too-new`: written by a newer release; upgrade to read it.
 * - `damaged`: stored bytes are missing or are not what was published.
 * - `journal-full`: the journal of spilled requests has no room left.
 * - `journal-in-use`: another process writes in the folder of the journal.
 * - `journal-failed`: the journal's files cannot be read or written.
 * - `request-waiting`: an earlier save of the same request waits in the journal.
 * - `tile-expired`: the rule of the store's table about old cells took the tile.
 * - `publication-closed`: the publication was published or abandoned before.
 */
export type PredictionStoreErrorCode =
  | "invalid-request"
  | "invalid-label"
  | "unknown-label"
  | "request-mismatch"
  | "invalid-answer"
  | "no-such-request"
  | "no-such-tile"
  | "invalid-slice"
  | "invalid-query"
  | "format-too-new"
  | "damaged"
  | "tile-expired"
  | "journal-full"
  | "journal-in-use"
  | "journal-failed"
  | "request-waiting"
  | "publication-closed";

/** A failure of the prediction store. Failures of the stores below pass through as they are. */
export class PredictionStoreError extends CodedError<PredictionStoreErrorCode> {
  override readonly name = "PredictionStoreError";
}

/** `true` for a {@link PredictionStoreError}, with one of `codes` when codes are given. */
export const isPredictionStoreError: ReturnType<typeof codedErrorGuard<PredictionStoreError>> =
  codedErrorGuard<PredictionStoreError>("PredictionStoreError");
