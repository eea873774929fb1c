import { StorageError, type StorageErrorCode } from "@foretile/storage";

/*
 * Failures of the service are gRPC statuses: a number and a text. This file is the only one that knows them.
 */

/** What was being done, which decides what may have come of it and who may do it. */
export type FailedStep =
  /** Nothing can have changed. */
  | "reading"
  /** Rows were changed, each of which may be changed again in the same way. */
  | "writing"
  /** A row was tested and changed, which must not happen twice. */
  | "committing"
  /** Tables or families were read or changed. */
  | "administering";

/** Statuses of gRPC, by number: https://grpc.io/docs/guides/status-codes/ */
const status = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

const codes: Readonly<Record<number, StorageErrorCode>> = {
  [status.CANCELLED]: "unavailable",
  [status.INVALID_ARGUMENT]: "invalid-argument",
  [status.DEADLINE_EXCEEDED]: "timeout",
  [status.NOT_FOUND]: "not-a-store",
  [status.ALREADY_EXISTS]: "conflict",
  [status.PERMISSION_DENIED]: "permission-denied",
  [status.RESOURCE_EXHAUSTED]: "full",
  [status.FAILED_PRECONDITION]: "unsupported",
  [status.ABORTED]: "unavailable",
  [status.OUT_OF_RANGE]: "invalid-argument",
  [status.UNIMPLEMENTED]: "unsupported",
  // Connections that broke in the middle of a call are reported as internal errors too.
  [status.INTERNAL]: "unavailable",
  [status.UNAVAILABLE]: "unavailable",
  [status.DATA_LOSS]: "damaged",
  [status.UNAUTHENTICATED]: "permission-denied",
};

/** The service looked at the call and refused it: nothing happened, and asking again gets the same answer. */
const refusals: ReadonlySet<StorageErrorCode> = new Set([
  "invalid-argument",
  "not-a-store",
  "conflict",
  "permission-denied",
  // Asked to send less: sending the same again at once is what the service cannot take.
  "full",
  "unsupported",
]);

const roles: Readonly<Record<FailedStep, string>> = {
  reading: "roles/bigtable.reader",
  writing: "roles/bigtable.user",
  committing: "roles/bigtable.user",
  administering: "roles/bigtable.admin",
};

const failures: Readonly<Record<FailedStep, string>> = {
  reading: "read failed",
  writing: "write failed",
  committing: "conditional write failed",
  administering: "administration of tables failed",
};

/**
 * The store's error for a failure of the service, which becomes its cause. Errors of the store pass unchanged.
 *
 * @param where the table, or the endpoint, for the message
 */
export function translateError(error: unknown, step: FailedStep, where: string): StorageError {
  if (error instanceof StorageError) return error;
  const number = statusOf(error);
  const code = number === undefined ? "unknown" : (codes[number] ?? "unknown");
  const remedy = remedies[code]?.(step, number);
  const message = remedy === undefined ? failures[step] : `${failures[step]}, ${remedy}`;
  return new StorageError(code, `${message} at=${where}`, {
    cause: error,
    retry: retryOf(code, step),
    details: { step, where, status: number, remedy },
  });
}

/**
 * The error of a call that its caller's signal ended.
 *
 * @param retry `unknown-outcome` when the service may have changed something that must not be changed twice
 */
export function abortedError(
  signal: AbortSignal | undefined,
  retry: "never" | "unknown-outcome" = "never",
): StorageError {
  return new StorageError("aborted", "call was aborted", { cause: signal?.reason, retry });
}

/** The store's error for the status of one row. */
export function rowError(number: number, text: string, where: string): StorageError {
  const cause = Object.assign(new Error(text), { code: number });
  if (number !== status.NOT_FOUND) return translateError(cause, "writing", where);
  // A table that is not there fails the call; a row fails for its family.
  return new StorageError(
    "invalid-argument",
    `row has a family that its table lacks, provision it at=${where}`,
    { cause, details: { step: "writing", where, status: number } },
  );
}

/** Whether the service says that the table, or what else was named, does not exist. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === status.NOT_FOUND;
}

/** Whether the service knows the caller, and refused it. */
export function isRefusal(error: StorageError): boolean {
  return error.details["status"] === status.PERMISSION_DENIED;
}

/** Whether the service says that what was to be made exists. */
export function isAlreadyThere(error: unknown): boolean {
  return statusOf(error) === status.ALREADY_EXISTS;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}

/** What to do when no credentials were found, or those found were not accepted. */
export const CREDENTIALS_REMEDY =
  "run gcloud auth application-default login or set GOOGLE_APPLICATION_CREDENTIALS";

/** What to do when nothing came back. */
export const UNANSWERED_REMEDY = "check the endpoint and the network";

const remedies: Readonly<
  Partial<Record<StorageErrorCode, (step: FailedStep, number: number | undefined) => string>>
> = {
  "permission-denied": (step, number) =>
    number === status.PERMISSION_DENIED
      ? `service refused the caller, grant it ${roles[step]} (gcloud projects add-iam-policy-binding PROJECT --member=MEMBER --role=${roles[step]})`
      : `no valid credentials, ${CREDENTIALS_REMEDY}`,
  "not-a-store": () => "table or instance is not there, provision it or correct the address",
  unsupported: (step) =>
    step === "committing"
      ? "use an app profile that routes to a single cluster and allows single-row transactions (gcloud bigtable app-profiles update PROFILE --instance=INSTANCE --route-to=CLUSTER --transactional-writes)"
      : "service does not offer it",
  full: () => "quota is used up or a message is too large, send less at once or add nodes",
  unavailable: () => `service did not answer, ${UNANSWERED_REMEDY}`,
};

function retryOf(code: StorageErrorCode, step: FailedStep): "never" | "safe" | "unknown-outcome" {
  if (refusals.has(code)) return "never";
  if (step !== "reading") return "unknown-outcome";
  return code === "unavailable" || code === "timeout" ? "safe" : "never";
}
