import { isStorageError, StorageError, type StorageErrorCode } from "@foretile/storage";
import { isResilienceError, type RetryAdvice } from "@foretile/resilience";

/*
 * What the SDK throws: errors of S3 with a name, a status and no code; errors of sockets with a code; errors of the
 * credentials' chain. This file is the only one that knows.
 */

/** What a request does, which decides what may have come of it. */
export type RequestEffect = "reading" | "writing";

interface Meaning {
  readonly code: StorageErrorCode;
  /** Default `never`. */
  readonly retry?: RetryAdvice;
  readonly message: string;
}

const refused = (message: string): Meaning => ({ code: "permission-denied", message });
const later = (message: string): Meaning => ({ code: "unavailable", retry: "safe", message });
const tooLarge: Meaning = { code: "too-large", message: "server refused the length" };
const full: Meaning = { code: "full", message: "server has no room, or the quota is used up" };
const wrongRegion: Meaning = {
  code: "invalid-argument",
  message: "bucket is in another region, set its region or endpoint",
};

/** By the name S3 gives. All of these say that the request was not carried out. */
const byName: Readonly<Record<string, Meaning>> = {
  AccessDenied: refused("server denied the request, the policy must allow it"),
  AllAccessDisabled: refused("server disabled all access to the bucket"),
  InvalidAccessKeyId: refused("server does not know the access key"),
  SignatureDoesNotMatch: refused("server refused the signature, the secret key is wrong"),
  ExpiredToken: refused("session token has expired"),
  InvalidToken: refused("server refused the session token"),
  TokenRefreshRequired: refused("session token has expired"),
  CredentialsProviderError: refused(
    "no credentials found: give some, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role",
  ),
  RequestTimeTooSkewed: later("clock of this machine differs too much from the server's, set it"),
  RequestExpired: later("request reached the server too late"),
  NoSuchBucket: { code: "not-a-store", message: "there is no such bucket, make it first" },
  QuotaExceeded: full,
  InsufficientStorage: full,
  EntityTooLarge: tooLarge,
  KeyTooLongError: tooLarge,
  SlowDown: later("server asked to slow down"),
  ServiceUnavailable: later("server asked to come back later"),
  Throttling: later("server asked to slow down"),
  ThrottlingException: later("server asked to slow down"),
  TooManyRequests: later("server asked to slow down"),
  RequestLimitExceeded: later("server asked to slow down"),
  BadDigest: later("bytes were changed on their way to the server"),
  XAmzContentSHA256Mismatch: later("bytes were changed on their way to the server"),
  XAmzContentChecksumMismatch: later("bytes were changed on their way to the server"),
  IncompleteBody: later("bytes were lost on their way to the server"),
  RequestTimeout: later("server did not get the bytes in time"),
  OperationAborted: later("server met another request for the same object"),
  ConditionalRequestConflict: later("server met another request for the same object"),
  InvalidObjectState: {
    code: "unavailable",
    message: "object was moved to an archive, restore it and take the lifecycle rule away",
  },
  NotImplemented: { code: "unsupported", message: "server does not offer the request" },
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
};

/** Sockets that never were connected: nothing was sent. */
const neverSent: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** The HTTP status of the server's answer, `undefined` when there was none. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null) return undefined;
  if (!("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}

/** The name S3 gives to a failure, such as `NoSuchKey`. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/**
 * The store's error for one of the SDK, which becomes its cause. Errors of the store pass unchanged.
 *
 * @param what the request, such as `PutObject`
 */
export function translateFailure(
  error: unknown,
  effect: RequestEffect,
  what: string,
  signal: AbortSignal | undefined,
): StorageError {
  if (isStorageError(error)) return error;
  if (signal?.aborted === true) {
    return new StorageError("aborted", "call was aborted", { cause: signal.reason });
  }
  const status = statusOf(error);
  const { code, retry, message } = meaningOf(error, status, effect);
  return new StorageError(code, `${message} request=${what}`, {
    cause: error,
    retry: retry ?? "never",
    details: { request: what, status, name: nameOf(error) },
  });
}

function meaningOf(error: unknown, status: number | undefined, effect: RequestEffect): Meaning {
  if (isResilienceError(error, "queue-full")) return later("too many requests are waiting");
  const name = nameOf(error);
  const known = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (known !== undefined) return known;
  const unproven: RetryAdvice = effect === "reading" ? "safe" : "unknown-outcome";
  // Without a fault of S3's own the SDK could not read the answer, whatever its status is.
  if (status === undefined || status < 300 || !isServiceFault(error)) {
    if (neverSent.has(codeOf(error))) return later("server could not be reached");
    return { code: "unavailable", retry: unproven, message: "no answer that could be read" };
  }
  if (status >= 500) return { code: "unavailable", retry: unproven, message: "server failed" };
  if (status === 429) return later("server asked to slow down");
  if (status === 401 || status === 403) return refused("server denied the request");
  if (status === 301 || status === 307) return wrongRegion;
  return { code: "unknown", message: "server refused the request" };
}

function isServiceFault(error: unknown): boolean {
  return typeof error === "object" && error !== null && "$fault" in error;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
