/**
 * The shape of every error in Foretile: a class per package, a closed set of codes, and advice on retrying.
 *
 * Messages are lower case without a period, variables last as `key=value`; they never repeat the cause's text and
 * never carry secrets. Codes are API, messages are not.
 *
 * @module
 */

/**
 * What a caller may do next.
 *
 * - `never`: the same call will fail again; something else has to change first.
 * - `safe`: nothing happened; the same call may be repeated.
 * - `unknown-outcome`: it may or may not have happened; read back before repeating.
 */
export type RetryAdvice = "never" | "safe" | "unknown-outcome";

/** Small, printable facts about a failure: keys, counts, lengths. Never payloads and never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CodedErrorOptions {
  /** Default `never`. */
  readonly retry?: RetryAdvice;
  /** The error underneath, kept as it was. */
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/**
 * Base of the packages' error classes. Subclasses fix `name` and the union of codes.
 *
 * Recognise them with a guard from {@link codedErrorGuard}, not with `instanceof`: two copies of a package may be
 * installed side by side.
 */
export abstract class CodedError<Code extends string = string> extends Error {
  abstract override readonly name: string;
  /** What went wrong, from a closed set per class. */
  readonly code: Code;
  /** What the caller may do next. */
  readonly retry: RetryAdvice;
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? "never";
    this.details = options.details ?? {};
  }
}

/**
 * Makes the guard of one error class: `isXError(error)`, or `isXError(error, "code", …)` to narrow to some codes.
 *
 * @param name the class's `name`
 */
export function codedErrorGuard<E extends CodedError>(
  name: string,
): <C extends E["code"]>(error: unknown, ...codes: readonly C[]) => error is E & { code: C } {
  return <C extends E["code"]>(error: unknown, ...codes: readonly C[]): error is E & { code: C } =>
    error instanceof Error &&
    error.name === name &&
    "code" in error &&
    (codes.length === 0 || codes.includes(error.code as C));
}

/** The retry advice an error carries, whatever package it came from; `undefined` for foreign errors. */
export function retryAdvice(error: unknown): RetryAdvice | undefined {
  if (!(error instanceof Error) || !("retry" in error)) return undefined;
  const { retry } = error;
  return retry === "never" || retry === "safe" || retry === "unknown-outcome" ? retry : undefined;
}
