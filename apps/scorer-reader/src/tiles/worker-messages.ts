import { describeError } from "@foretile/app-kit";

import type { ScoringJob, TileOutcome } from "./tile-scorer.ts";

/** What a scoring thread is started with. */
export interface WorkerStart {
  readonly storeUrl: string;
}

/** To a scoring thread: some tiles of a request, a call to close the store until there are more, or the end. */
export type ToWorker =
  | { readonly type: "score"; readonly job: ScoringJob; readonly minerIds: readonly number[] }
  | { readonly type: "release" }
  | { readonly type: "end" };

/** From a scoring thread: one `scored` for each `score` and `release`, in order; `failed` is the last it says. */
export type FromWorker =
  | { readonly type: "scored"; readonly outcomes: readonly TileOutcome[] }
  | { readonly type: "failed"; readonly error: ErrorMessage };

/** An error as plain data: threads copy no class and no own fields of errors. */
export interface ErrorMessage {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

export function toErrorMessage(error: unknown): ErrorMessage {
  const { type: name, code, message } = describeError(error);
  return { name, code, message };
}

/** An error that reads like the thread's own: class name and code decide about advice and exit code. */
export function fromErrorMessage({ name, code, message }: ErrorMessage): Error {
  return Object.assign(new Error(message), { name, code });
}
