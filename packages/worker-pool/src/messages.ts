import type { CarriedError } from "./carried-error.ts";

/** To a worker: a question, a call to give the one under way up, or the end. */
export type ToWorker =
  | { readonly type: "ask"; readonly question: unknown }
  | { readonly type: "abort" }
  | { readonly type: "end" };

/** From a worker: one for each question. */
export type FromWorker =
  | { readonly type: "answer"; readonly answer: unknown }
  | { readonly type: "failed"; readonly error: CarriedError };
