import {
  CodedError,
  codedErrorGuard,
  type CodedErrorOptions,
} from "@foretile/resilience/coded-error";

/**
 * Why a program gave up, where no package below has an error of its own for it.
 *
 * - `usage`: the command line, the environment or a file named there is wrong.
 * - `invalid-store-url`: a store URL cannot be read.
 * - `unknown-scheme`: a store URL names a back end that this program does not have.
 * - `not-found`: something the user named is not there.
 * - `input-rejected`: some of the input was refused; the rest was done.
 * - `interrupted`: a signal ended the program.
 * - `output-closed`: the reader of the output went away.
 */
export type AppErrorCode =
  | "usage"
  | "invalid-store-url"
  | "unknown-scheme"
  | "not-found"
  | "input-rejected"
  | "interrupted"
  | "output-closed";

export interface AppErrorOptions extends CodedErrorOptions {
  /** One line: what the user can do about it. */
  readonly hint?: string | undefined;
}

/** A failure that belongs to a program rather than to a package. Its code decides the exit code. */
export class AppError extends CodedError<AppErrorCode> {
  override readonly name = "AppError";
  readonly hint: string | undefined;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(code, message, options);
    this.hint = options.hint;
  }
}

/** `true` for an {@link AppError}, with one of `codes` when codes are given. */
export const isAppError: ReturnType<typeof codedErrorGuard<AppError>> =
  codedErrorGuard<AppError>("AppError");
