import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * Why the writer refused a line of its input or a call.
 *
 * - `malformed`: not JSON or MessagePack, or not one of the shapes the writer knows.
 * - `too-large`: the line or the body is longer than the limit.
 * - `invalid-request`: the request breaks a rule or does not fit its label; the message says which.
 * - `unknown-label`: the store has no label of that name.
 * - `unknown-request`: no request with this id is open.
 * - `already-published`: the request was published; it has to be opened again to be amended.
 * - `request-failed`: the store did not tell whether the request was published; it has to be sent again from its start.
 * - `request-conflict`: the id stands for another request.
 * - `too-many-open`: publish or abandon a request before opening the next.
 * - `unauthorized`: the bearer token is missing or wrong.
 * - `forbidden`: the call comes from a web page or names another host.
 * - `unsupported-media-type`: the content type or content encoding is none that is read here.
 * - `not-found`: there is no such path and method.
 * - `busy`: too many bytes are being received; come back later.
 * - `shutting-down`: the writer is ending; open requests are being published.
 */
export type WriterErrorCode =
  | "malformed"
  | "too-large"
  | "invalid-request"
  | "unknown-label"
  | "unknown-request"
  | "already-published"
  | "request-failed"
  | "request-conflict"
  | "too-many-open"
  | "unauthorized"
  | "forbidden"
  | "unsupported-media-type"
  | "not-found"
  | "busy"
  | "shutting-down";

/** A refusal by the writer: the fault of the input or the caller, never of the store. */
export class WriterError extends CodedError<WriterErrorCode> {
  override readonly name = "WriterError";
}

/** `true` for a {@link WriterError}, with one of `codes` when codes are given. */
export const isWriterError: ReturnType<typeof codedErrorGuard<WriterError>> =
  codedErrorGuard<WriterError>("WriterError");
