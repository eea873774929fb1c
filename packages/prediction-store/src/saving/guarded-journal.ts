import { PredictionStoreError } from "../prediction-store-error.ts";

/** Runs a step of a journal; a failure of the file system becomes `journal-full` or `journal-failed`. */
export async function guardedJournal<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PredictionStoreError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "none";
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    throw new PredictionStoreError(
      isFull ? "journal-full" : "journal-failed",
      isFull
        ? "no room left for the journal of spilled requests"
        : `journal of spilled requests failed to ${what} code=${code}`,
      { cause, retry: "safe" },
    );
  }
}
