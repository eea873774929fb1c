/**
 * What to do after a failure: coded errors with retry advice, injected time and randomness, retries and limits.
 *
 * @module
 */
export {
  CodedError,
  codedErrorGuard,
  retryAdvice,
  type CodedErrorOptions,
  type ErrorDetails,
  type RetryAdvice,
} from "./coded-error.ts";
export type { Clock, Random } from "./clock.ts";
export { createIdSource, type IdSource } from "./id-source.ts";
