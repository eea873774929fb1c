import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong in a store.
 *
 * - `invalid-argument`: the call itself is wrong (key, range, option, closed selection).
 * - `unsupported`: the store does not offer this; its capabilities say so.
 * - `too-large`: a key, value or batch is over a declared limit.
 * - `conflict`: `putNew` met other bytes under its key.
 * - `closed`: the store was closed before or during the call.
 * - `aborted`: the caller's signal ended the call.
 * - `timeout`: the deadline ran out.
 * - `unavailable`: the service did not answer or asked to come back later.
 * - `permission-denied`: the store refused the caller.
 * - `read-only`: the store cannot be written from here.
 * - `full`: no room left (disk, map, quota).
 * - `not-a-store`: nothing there, or something else than a store.
 * - `format-too-new`: the store was made by a newer release; upgrade to read it.
 * - `damaged`: stored bytes are not what was written.
 * - `unknown`: anything an adapter could not classify.
 */
export type StorageErrorCode =
  | "invalid-argument"
  | "unsupported"
  | "too-large"
  | "conflict"
  | "closed"
  | "aborted"
  | "timeout"
  | "unavailable"
  | "permission-denied"
  | "read-only"
  | "full"
  | "not-a-store"
  | "format-too-new"
  | "damaged"
  | "unknown";

/** A failure of a store. `retry` tells whether the same call may be repeated. */
export class StorageError extends CodedError<StorageErrorCode> {
  override readonly name = "StorageError";
}

/** `true` for a {@link StorageError}, of any copy of this package, with one of `codes` when codes are given. */
export const isStorageError: ReturnType<typeof codedErrorGuard<StorageError>> =
  codedErrorGuard<StorageError>("StorageError");
