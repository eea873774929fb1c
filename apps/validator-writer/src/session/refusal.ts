import { isPredictionStoreError } from "@foretile/prediction-store";

import { isWorkerPoolError } from "@foretile/worker-pool";

import { isWriterError, type WriterErrorCode } from "../writer-error.ts";

/** Why a line or a call was refused: for the caller to put right, while everybody else goes on. */
export interface Refusal {
  readonly code: WriterErrorCode | "request-mismatch" | "worker-failed";
  readonly message: string;
}

/** The refusal in an error; `undefined` for failures of the store and defects, which are nobody's input. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (
    isWriterError(error) ||
    isPredictionStoreError(error, "invalid-request", "request-mismatch") ||
    isWorkerPoolError(error, "worker-failed")
  ) {
    return { code: error.code, message: error.message };
  }
  return undefined;
}
