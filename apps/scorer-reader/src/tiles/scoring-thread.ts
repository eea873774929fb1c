import { Worker } from "node:worker_threads";

import { ScorerError } from "../scorer-error.ts";
import type { ScoringJob, TileOutcome } from "./tile-scorer.ts";
import {
  fromErrorMessage,
  type FromWorker,
  type ToWorker,
  type WorkerStart,
} from "./worker-messages.ts";

/**
 * Of short-lived objects, per thread. The threads read the manifest of a request each time they open the store; left to
 * itself each heap grows by some 60 MB of garbage, with no gain in speed.
 */
const MAX_YOUNG_GENERATION_MB = 16;

interface Waiting {
  readonly resolve: (outcomes: readonly TileOutcome[]) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread, asked one question at a time. */
export class ScoringThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #waiting: Waiting | undefined;
  #failure: Error | undefined;

  /** @param entry the module that the thread runs */
  constructor(entry: URL, start: WorkerStart) {
    this.#worker = new Worker(entry, {
      workerData: start,
      execArgv: execArgvFor(entry),
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("error", (cause) => this.#fail(workerFailed("a scoring thread failed", cause)));
    this.#worker.on("exit", (exitCode) => {
      this.#fail(workerFailed(`a scoring thread ended early exit_code=${exitCode}`));
      resolve();
    });
  }

  /**
   * Scores tiles over there.
   *
   * @throws the error that ended the thread; {@link ScorerError} `worker-failed` when it ended without one
   */
  score(job: ScoringJob, minerIds: readonly number[]): Promise<readonly TileOutcome[]> {
    return this.#ask({ type: "score", job, minerIds });
  }

  /** Closes the store over there until there are more tiles. */
  async release(): Promise<void> {
    await this.#ask({ type: "release" });
  }

  /** Ends the thread after what it is doing, a few tiles at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#post({ type: "end" });
    await this.#exited;
  }

  #ask(message: ToWorker): Promise<readonly TileOutcome[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<readonly TileOutcome[]>();
    this.#waiting = { resolve, reject };
    this.#post(message);
    return promise;
  }

  #post(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (message.type === "failed") {
      this.#fail(fromErrorMessage(message.error));
      return;
    }
    this.#waiting?.resolve(message.outcomes);
    this.#waiting = undefined;
  }

  /** The first failure stays: it is the reason of those after it. */
  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

/** TypeScript sources find the sources of the other packages under a condition that built programs do not need. */
function execArgvFor(entry: URL): string[] {
  return entry.pathname.endsWith(".ts") ? ["--conditions=@foretile/source"] : [];
}

function workerFailed(message: string, cause?: unknown): ScorerError {
  return new ScorerError("worker-failed", message, { cause });
}
