import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * Why bytes could not be read or written.
 *
 * - `invalid-argument`: the call itself is wrong (shape, range, array length, value without an encoding).
 * - `not-a-frame`: the bytes start as something else, or are a document of another kind.
 * - `unsupported-version`: written by a newer release; upgrade to read it.
 * - `unsupported-mode`: a mode of a newer release; upgrade to read it.
 * - `unsupported-element-type`: an element type of a newer release; upgrade to read it.
 * - `unsupported-host`: this machine keeps numbers big-endian.
 * - `missing-compressor`: the mode needs a compressor that was not given.
 * - `truncated`: the bytes end too early; `details.neededBytes` says how many there must be at least.
 * - `damaged`: the bytes are not what was written.
 * - `too-large`: a size or a depth is over its limit.
 * - `not-canonical`: the value could have been written, but not with these bytes.
 */
export type CodecErrorCode =
  | "invalid-argument"
  | "not-a-frame"
  | "unsupported-version"
  | "unsupported-mode"
  | "unsupported-element-type"
  | "unsupported-host"
  | "missing-compressor"
  | "truncated"
  | "damaged"
  | "too-large"
  | "not-canonical";

/** Bytes that cannot be read, or values that cannot be written. Never worth a retry with the same bytes. */
export class CodecError extends CodedError<CodecErrorCode> {
  override readonly name = "CodecError";
}

/** `true` for a {@link CodecError}, of any copy of this package, with one of `codes` when codes are given. */
export const isCodecError: ReturnType<typeof codedErrorGuard<CodecError>> =
  codedErrorGuard<CodecError>("CodecError");
