import { setFlagsFromString } from "node:v8";
import { type ResourceLimits, type Transferable, Worker } from "node:worker_threads";

import { uncarryError } from "./carried-error.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { WorkerPoolError } from "./worker-pool-error.ts";

export interface PoolWorkerOptions {
  /** What the worker's `open` gets. Plain data. */
  readonly start: unknown;
  readonly resourceLimits?: ResourceLimits | undefined;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread, asked one question at a time. */
export class PoolWorker {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #waiting: Waiting | undefined;
  #failure: WorkerPoolError | undefined;
  #isEnding = false;

  /** @param entry the module that it runs, which calls `serveWork` */
  constructor(entry: URL, { start, resourceLimits = {} }: PoolWorkerOptions) {
    this.#worker = new Worker(entry, {
      workerData: start,
      execArgv: execArgvFor(entry),
      resourceLimits,
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("messageerror", (cause) =>
      this.#fail("a worker's answer is unreadable", cause),
    );
    this.#worker.on("error", (cause) => this.#fail("a worker failed", cause));
    this.#worker.on("exit", (exitCode) => {
      if (!this.#isEnding) this.#fail(`a worker ended early exit_code=${exitCode}`);
      resolve();
    });
  }

  /** Why it cannot be asked any more. */
  get failure(): WorkerPoolError | undefined {
    return this.#failure;
  }

  /**
   * @throws what the worker threw, with class name and code; {@link WorkerPoolError} `worker-failed` when it ended
   *   without answering
   */
  ask(question: unknown, transfer: readonly Transferable[]): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting = { resolve, reject };
    this.#post({ type: "ask", question }, transfer);
    return promise;
  }

  /** Tells it to give up what it was asked. It still answers or fails. */
  abort(): void {
    this.#post({ type: "abort" });
  }

  /** Ends it after what it is doing. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#post({ type: "end" });
    await this.#exited;
  }

  #post(message: ToWorker, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromWorker): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (message.type === "answer") waiting?.resolve(message.answer);
    else waiting?.reject(uncarryError(message.error));
  }

  /** The first failure stays: it is the reason of those after it. */
  #fail(message: string, cause?: unknown): void {
    this.#failure ??= new WorkerPoolError("worker-failed", message, { cause, retry: "safe" });
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

/**
 * TypeScript sources find the sources of the other packages under a condition that built programs do not need.
 *
 * Node strips their types with a WebAssembly module that calls JavaScript. When a worker compiles such calls anew, as V8
 * does after a thousand of them, while an earlier worker has left the same code behind, V8 13.6 may free it twice, and
 * the process ends. So it is not done at all; the flag holds for all threads of the process.
 */
function execArgvFor(entry: URL): string[] {
  if (!entry.pathname.endsWith(".ts")) return [];
  setFlagsFromString("--wasm-wrapper-tiering-budget=2147483647");
  return ["--conditions=@foretile/source"];
}
