import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong with the workers themselves; what they throw keeps its own class.
 *
 * - `worker-failed`: a worker ended before it had answered: something was thrown outside of any call, it left, or its
 *   memory was full.
 * - `too-many-failures`: so many workers ended early that no more are started.
 * - `closed`: the pool was disposed of.
 */
export type WorkerPoolErrorCode = "worker-failed" | "too-many-failures" | "closed";

/** A failure of a worker. `retry` tells whether the same question may be asked again. */
export class WorkerPoolError extends CodedError<WorkerPoolErrorCode> {
  override readonly name = "WorkerPoolError";
}

/** `true` for a {@link WorkerPoolError}, with one of `codes` when codes are given. */
export const isWorkerPoolError: ReturnType<typeof codedErrorGuard<WorkerPoolError>> =
  codedErrorGuard<WorkerPoolError>("WorkerPoolError");
