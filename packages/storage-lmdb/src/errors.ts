import { constants } from "node:os";

import { StorageError, type StorageErrorCode } from "@foretile/storage";

/*
 * Errors of the file system carry a name ("ENOSPC"), those of LMDB a number: an errno, or one of its own, which run
 * from -30799 up. This file is the only one that knows.
 */

/** Where a failure happened, which decides what may have come of the call. */
export type FailedStep =
  /** No call was under way. */
  | "opening"
  /** Nothing can have changed. */
  | "reading"
  /** Inside a write transaction that was rolled back. */
  | "writing"
  /** While a transaction was made durable and visible. */
  | "committing";

const errno = constants.errno;

const lmdbCodes: Readonly<Record<number, StorageErrorCode>> = {
  [-30797]: "damaged", // MDB_PAGE_NOTFOUND
  [-30796]: "damaged", // MDB_CORRUPTED
  [-30795]: "unavailable", // MDB_PANIC: an earlier commit failed in a way that needs a reopened environment
  [-30794]: "unsupported", // MDB_VERSION_MISMATCH: lock file of another build of the library
  [-30793]: "damaged", // MDB_INVALID
  [-30792]: "full", // MDB_MAP_FULL
  [-30790]: "unavailable", // MDB_READERS_FULL
  [-30788]: "too-large", // MDB_TXN_FULL
  [-30778]: "damaged", // MDB_BAD_CHECKSUM
};

const errnoCodes: ReadonlyMap<string | number, StorageErrorCode> = new Map(
  (
    [
      ["ENOSPC", "full"],
      ["EDQUOT", "full"],
      ["EFBIG", "full"],
      ["EROFS", "read-only"],
      ["EACCES", "permission-denied"],
      ["EPERM", "permission-denied"],
      ["EAGAIN", "unavailable"],
      ["EBUSY", "unavailable"],
      ["EIO", "unavailable"],
      ["EMFILE", "unavailable"],
      ["ENFILE", "unavailable"],
      ["ENOMEM", "unavailable"],
    ] as const
  ).flatMap(([name, code]): readonly (readonly [string | number, StorageErrorCode])[] => [
    [name, code],
    [errno[name], code],
  ]),
);

const messages: Readonly<Record<FailedStep, string>> = {
  opening: "store could not be opened",
  reading: "store could not be read",
  writing: "write failed and was rolled back",
  committing: "commit failed",
};

/** The store's error for a foreign one, which becomes its cause. Errors of the store pass unchanged. */
export function translateError(error: unknown, step: FailedStep): StorageError {
  if (error instanceof StorageError) return error;
  const code = codeOf(error);
  return new StorageError(code, messages[step], { cause: error, retry: retryOf(code, step) });
}

function codeOf(error: unknown): StorageErrorCode {
  if (!(error instanceof Error) || !("code" in error)) return "unknown";
  const { code } = error;
  if (typeof code === "number" && code in lmdbCodes) return lmdbCodes[code] ?? "unknown";
  if (typeof code === "number" || typeof code === "string") {
    return errnoCodes.get(code) ?? "unknown";
  }
  return "unknown";
}

function retryOf(code: StorageErrorCode, step: FailedStep): "never" | "safe" | "unknown-outcome" {
  // Room is taken before the page that makes a commit valid is written, so a full disk has changed nothing.
  if (code === "full") return "never";
  if (step === "committing") return "unknown-outcome";
  return code === "unavailable" ? "safe" : "never";
}
