/** What is wrong with the request itself stays wrong; anything else may pass. */
const ownFaults = new Set([
  "invalid-request",
  "invalid-answer",
  "invalid-argument",
  "invalid-label",
  "request-mismatch",
  "ambiguous-request",
  "unknown-label",
  "publication-closed",
]);

/** Whether a failure says that something is away, and nothing about the request. */
export function isOutage(error: unknown, signal: AbortSignal | undefined): error is Error {
  if (signal?.aborted === true || !(error instanceof Error) || !("code" in error)) return false;
  return !ownFaults.has(String(error.code));
}
