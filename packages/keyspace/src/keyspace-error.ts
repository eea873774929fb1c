import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong with a key.
 *
 * - `invalid-argument`: the value cannot be written as a key part (negative, too wide, not whole, lone surrogate).
 * - `malformed`: the text is not what this parser's writer makes.
 */
export type KeyspaceErrorCode = "invalid-argument" | "malformed";

/** A value that does not fit a key, or a text that is no key. Repeating the call never helps. */
export class KeyspaceError extends CodedError<KeyspaceErrorCode> {
  override readonly name = "KeyspaceError";
}

/** `true` for a {@link KeyspaceError}, of any copy of this package, with one of `codes` when codes are given. */
export const isKeyspaceError: ReturnType<typeof codedErrorGuard<KeyspaceError>> =
  codedErrorGuard<KeyspaceError>("KeyspaceError");
