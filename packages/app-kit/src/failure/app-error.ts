import {
  CodedError,
  codedErrorGuard,
  type CodedErrorOptions,
} from "@foretile/resilience/coded-error";

import { EXIT, type ExitCode } from "./exit-codes.ts";

/**
 * Why a program gave up, where no package below has an error of its own for it.
 *
 * - `usage`: the command line, the environment or a file named there is wrong.
 * - `invalid-store-url`: a store URL cannot be read.
 * - `invalid-catalog-url`: a catalog's URL cannot be read, or is of no kind that this program has.
 * - `unknown-scheme`: a store URL names a back end that this program does not have.
 * - `not-found`: something the user named is not there.
 * - `input-rejected`: some of the input was refused; the rest was done.
 * - `interrupted`: a signal ended the program.
 * - `output-closed`: the reader of the output went away.
 */
export type AppErrorCode =
  | "usage"
  | "invalid-store-url"
  | "invalid-catalog-url"
  | "unknown-scheme"
  | "not-found"
  | "input-rejected"
  | "interrupted"
  | "output-closed";

export interface AppErrorOptions extends CodedErrorOptions {
  /** One line: what the user can do about it. */
  readonly hint?: string | undefined;
}

/**
 * What an error of a program may say about itself. Errors of packages know nothing of exit codes: the table of errors
 * speaks for them.
 */
export interface ProgramFailure {
  /** How the program ends. */
  readonly exitCode: ExitCode;
  /** One line: what the user can do about it. */
  readonly hint?: string | undefined;
}

const exitCodes: Readonly<Record<AppErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  "invalid-store-url": EXIT.usage,
  "invalid-catalog-url": EXIT.usage,
  "unknown-scheme": EXIT.usage,
  "not-found": EXIT.notFound,
  "input-rejected": EXIT.incomplete,
  interrupted: EXIT.interrupted,
  "output-closed": EXIT.outputClosed,
};

/** A failure that belongs to a program rather than to a package. Its code decides the exit code. */
export class AppError extends CodedError<AppErrorCode> implements ProgramFailure {
  override readonly name = "AppError";
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(code, message, options);
    this.exitCode = exitCodes[code];
    this.hint = options.hint;
  }
}

/** `true` for an {@link AppError}, with one of `codes` when codes are given. */
export const isAppError: ReturnType<typeof codedErrorGuard<AppError>> =
  codedErrorGuard<AppError>("AppError");

/** `true` for an error that says itself how the program ends. */
export function isProgramFailure(error: unknown): error is Error & ProgramFailure {
  return (
    error instanceof Error &&
    "exitCode" in error &&
    Object.values(EXIT).some((code) => code === error.exitCode)
  );
}
