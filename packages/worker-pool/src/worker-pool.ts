import type { ResourceLimits, Transferable } from "node:worker_threads";

import { PoolWorker } from "./pool-worker.ts";
import { WorkerPoolError } from "./worker-pool-error.ts";

/** More workers than these are not started in the place of others: whatever ends them will go on doing so. */
const MAX_REPLACEMENTS = 8;

export interface WorkerPoolOptions {
  /** The most workers; they start when there are questions for them. At least 1. */
  readonly workerCount: number;
  /** What each worker's `open` gets. Plain data. */
  readonly start: unknown;
  /** Of each worker. Default: those of the process. */
  readonly resourceLimits?: ResourceLimits | undefined;
  /** The most workers that are started in the place of others that ended early. Default 8. */
  readonly maxReplacements?: number | undefined;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** What of the question moves to the worker rather than being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
}

interface Asked {
  readonly question: unknown;
  readonly transfer: readonly Transferable[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Worker threads that answer questions: who is free takes the next one. A worker that ends early fails the question it
 * had, and another one takes its place; all other questions are answered.
 *
 * Disposing of it ends the workers after what they are doing.
 */
export class WorkerPool<Question, Answer> implements AsyncDisposable {
  readonly #entry: URL;
  readonly #options: WorkerPoolOptions;
  readonly #free: PoolWorker[] = [];
  readonly #busy = new Set<PoolWorker>();
  readonly #queue: Asked[] = [];
  #replacementsLeft: number;
  #failedCount = 0;
  #closed = false;

  /** @param entry the module that each worker runs, which calls `serveWork` */
  constructor(entry: URL, options: WorkerPoolOptions) {
    this.#entry = entry;
    this.#options = options;
    this.#replacementsLeft = options.maxReplacements ?? MAX_REPLACEMENTS;
  }

  /**
   * Asks the next free worker, in the order of the calls.
   *
   * @returns its answer, once it is there; after an abort too, the promise settles only when the worker has let go
   * @throws what the worker threw, with class name and code; the signal's reason
   * @throws {WorkerPoolError} `worker-failed`, `too-many-failures`, `closed`
   */
  ask(question: Question, { signal, transfer = [] }: AskOptions = {}): Promise<Answer> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#closed) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#queue.push({ question, transfer, signal, resolve, reject });
    this.#next();
    return promise;
  }

  /** Asks every worker that is there, each once. None may be busy. */
  askAll(question: Question, options?: AskOptions): Promise<Answer[]> {
    return Promise.all(this.#free.slice().map(() => this.ask(question, options)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#queue.splice(0)) reject(closed());
    await Promise.all([...this.#free, ...this.#busy].map((worker) => worker.end()));
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const worker = this.#takeWorker();
      if (worker === undefined) return;
      const asked = this.#queue.shift();
      if (asked === undefined) return;
      void this.#hand(asked, worker);
    }
  }

  /** A free worker, or a new one where there may be more. */
  #takeWorker(): PoolWorker | undefined {
    for (;;) {
      const worker = this.#free.pop();
      if (worker === undefined) break;
      if (worker.failure === undefined) return worker;
      this.#failedCount += 1;
    }
    const { workerCount, ...options } = this.#options;
    if (this.#busy.size >= workerCount) return undefined;
    if (this.#failedCount > 0) {
      if (this.#replacementsLeft === 0) return this.#giveUp();
      this.#replacementsLeft -= 1;
      this.#failedCount -= 1;
    }
    return new PoolWorker(this.#entry, options);
  }

  /** Where the others still work, they take what waits. */
  #giveUp(): undefined {
    if (this.#busy.size > 0) return;
    for (const { reject } of this.#queue.splice(0)) {
      reject(
        new WorkerPoolError(
          "too-many-failures",
          `too many workers ended early, no more are started limit=${this.#options.maxReplacements ?? MAX_REPLACEMENTS}`,
        ),
      );
    }
  }

  async #hand(asked: Asked, worker: PoolWorker): Promise<void> {
    const { signal, question, transfer, resolve, reject } = asked;
    const abort = (): void => worker.abort();
    this.#busy.add(worker);
    try {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", abort, { once: true });
      resolve((await worker.ask(question, transfer)) as never);
    } catch (error) {
      reject(signal?.aborted === true ? signal.reason : error);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#busy.delete(worker);
      if (worker.failure === undefined) this.#free.push(worker);
      else this.#failedCount += 1;
      this.#next();
    }
  }
}

function closed(): WorkerPoolError {
  return new WorkerPoolError("closed", "the worker pool was disposed of");
}
