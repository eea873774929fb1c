import { describeError } from "@foretile/app-kit";
import { isCatalogError } from "@foretile/catalog";
import { isPredictionStoreError } from "@foretile/prediction-store";
import { isStorageError } from "@foretile/storage";
import { isVersionStoreError } from "@foretile/version-store";

import { type Refusal, refusalOf } from "../session/refusal.ts";

/** Seconds after which a caller that was turned away for lack of room may come back. */
const RETRY_AFTER_SECONDS = 1;

/** An error as it goes over the wire. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
  /** Who failed: the caller, the store below, or this program. */
  readonly fault: "caller" | "store" | "program";
}

const statuses: Readonly<Record<Refusal["code"], number>> = {
  malformed: 400,
  "too-large": 413,
  "invalid-request": 400,
  "unknown-label": 400,
  "unknown-request": 404,
  "already-published": 409,
  "request-failed": 409,
  "request-conflict": 409,
  "worker-failed": 500,
  "request-mismatch": 409,
  "too-many-open": 429,
  unauthorized: 401,
  forbidden: 403,
  "unsupported-media-type": 415,
  "not-found": 404,
  busy: 503,
  "shutting-down": 503,
};

/**
 * Turns an error into a response. A refusal says what the caller can do, a failure of the store what its operator can
 * do, and a defect of the program nothing about its inside.
 */
export function errorResponse(error: unknown): ErrorResponse {
  const refusal = refusalOf(error);
  if (refusal !== undefined) {
    const fault = refusal.code === "worker-failed" ? "program" : "caller";
    return respond(statuses[refusal.code], refusal.code, refusal.message, fault);
  }
  if (!isFailureBelow(error)) {
    return respond(500, "internal", "internal error", "program");
  }
  const { message, hint } = describeError(error);
  const text = hint === undefined ? message : `${message}; ${hint}`;
  return isStorageError(error, "full") || isPredictionStoreError(error, "journal-full")
    ? respond(507, "store-full", text, "store")
    : respond(503, "store-unavailable", text, "store");
}

function isFailureBelow(error: unknown): boolean {
  return (
    isStorageError(error) ||
    isVersionStoreError(error) ||
    isPredictionStoreError(error) ||
    isCatalogError(error)
  );
}

function respond(
  status: number,
  code: string,
  message: string,
  fault: ErrorResponse["fault"],
): ErrorResponse {
  return { status, headers: headersOf(status), body: { error: { code, message } }, fault };
}

function headersOf(status: number): Record<string, string> {
  if (status === 401) return { "www-authenticate": 'Bearer realm="foretile-writer"' };
  if (status === 429 || status === 503) return { "retry-after": String(RETRY_AFTER_SECONDS) };
  return {};
}
