import type { RetryAdvice } from "@foretile/resilience";
import { CatalogError, isCatalogError, type CatalogErrorCode } from "../catalog-error.ts";

/** What the classes and codes of SQLSTATE mean here; a full code wins over its class. */
const states: Readonly<Record<string, readonly [CatalogErrorCode, RetryAdvice, string]>> = {
  "08": ["unavailable", "safe", "connection failed"],
  "22": ["invalid-argument", "never", "database refused a value"],
  "25006": ["permission-denied", "never", "database is read-only here"],
  "28": ["permission-denied", "never", "database refused the user"],
  "3D000": ["not-a-catalog", "never", "there is no such database, create it first"],
  "3F000": ["not-a-catalog", "never", "there is no such schema, create it first"],
  "40": ["conflict", "safe", "transaction met another one"],
  "42501": ["permission-denied", "never", "user lacks a privilege; see the runbook's roles"],
  "42P01": [
    "schema-mismatch",
    "never",
    "a table is missing; check the database and the schema, or migrate it",
  ],
  "42P07": [
    "schema-mismatch",
    "never",
    "a table of ours is there, which nothing of ours made; use another schema",
  ],
  "42703": ["schema-mismatch", "never", "a column is missing; migrate the database"],
  "53": ["unavailable", "safe", "database has no resources left"],
  "53100": ["full", "safe", "database has no disk left"],
  "55P03": ["timeout", "safe", "waited too long for a lock"],
  "57014": ["timeout", "safe", "statement took too long"],
  "57": ["unavailable", "safe", "database is shutting down or starting"],
};

const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/**
 * The error of this package for one of the client's or the server's. The server's text is kept in `cause` only: it may
 * repeat values.
 *
 * @param committing whether the answer to a commit may be what was lost
 */
export function translateError(error: unknown, committing = false): Error {
  if (isCatalogError(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = states[code] ?? states[code.slice(0, 2)];
  if (known !== undefined && /^[0-9A-Z]{5}$/.test(code)) {
    const [ownCode, retry, message] = known;
    const lost = committing && (ownCode === "unavailable" || ownCode === "timeout");
    return new CatalogError(ownCode, `${message} sqlstate=${code}`, {
      retry: lost ? "unknown-outcome" : retry,
      cause: error,
    });
  }
  if (connectionCodes.has(code) || isConnectionLoss(error) || isSilence(error)) {
    return new CatalogError("unavailable", "database did not answer", {
      retry: committing ? "unknown-outcome" : "safe",
      cause: error,
    });
  }
  if (lacksPassword(error)) {
    return new CatalogError(
      "permission-denied",
      "database wants a password, give it in PGPASSWORD or ~/.pgpass",
      { cause: error },
    );
  }
  return new CatalogError("unknown", `database failed code=${code === "" ? "none" : code}`, {
    retry: "unknown-outcome",
    cause: error,
  });
}

/** Whether the server took a statement and did not answer in time. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

/** The client finds out that it has no password when the server asks for one. */
function lacksPassword(error: unknown): boolean {
  return error instanceof Error && /password must be a (non-empty )?string/.test(error.message);
}

/** The client's own errors have texts and no codes. */
function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    /connection (terminated|ended)|timeout exceeded when trying to connect|not queryable|connection timeout/i.test(
      error.message,
    )
  );
}
