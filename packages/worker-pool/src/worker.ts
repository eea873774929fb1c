/**
 * The side of a pool that runs in the worker. A module of its own, because a worker loads no more than it needs.
 *
 * @module
 */
import { type MessagePort, parentPort, type Transferable, workerData } from "node:worker_threads";

import { carryError } from "./carried-error.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export { SharedRanges } from "./shared-ranges.ts";

/** An answer, and what of it moves to the pool's thread rather than being copied. */
export interface WorkerAnswer<Answer> {
  readonly answer: Answer;
  readonly transfer?: readonly Transferable[];
}

/** What a worker does, one question at a time. */
export interface Work<Question, Answer> extends AsyncDisposable {
  /** @param signal aborted when nobody waits for the answer any more */
  answer(question: Question, signal: AbortSignal): Promise<WorkerAnswer<Answer>>;
}

/**
 * Answers the questions of the pool that started this thread, until it says that there are no more.
 *
 * @param open called with what the pool was made with, before the first question; when it fails, so does that question,
 *   and the next one opens again
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- says what the pool was made with
export function serveWork<Start, Question, Answer>(
  open: (start: Start) => Promise<Work<Question, Answer>>,
): void {
  if (parentPort === null) throw new Error("this module runs in a worker of a pool");
  const port: MessagePort = parentPort;
  let work: Work<Question, Answer> | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let abort = new AbortController();

  const post = (message: FromWorker, transfer: readonly Transferable[] = []): void =>
    port.postMessage(message, transfer);
  const answer = async (question: Question, signal: AbortSignal): Promise<void> => {
    try {
      work ??= await open(workerData as Start);
      const { answer: found, transfer } = await work.answer(question, signal);
      post({ type: "answer", answer: found }, transfer);
    } catch (error) {
      post({ type: "failed", error: carryError(error) });
    }
  };
  port.on("message", (message: ToWorker) => {
    switch (message.type) {
      case "ask":
        abort = new AbortController();
        underWay = answer(message.question as Question, abort.signal);
        return;
      case "abort":
        abort.abort();
        return;
      case "end":
        void underWay.then(() => work?.[Symbol.asyncDispose]()).finally(() => port.close());
    }
  });
}
