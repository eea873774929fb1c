import type {
  AnswerEnvelope,
  ForecastRequest,
  PackedAnswer,
  PackingSettings,
} from "@foretile/prediction-store";
import { isWorkerPoolError, WorkerPool } from "@foretile/worker-pool";

import type { AnswerDesk, TakenAnswer } from "./answer-desk.ts";
import { LocalDesk } from "./local-desk.ts";
import type { PackingQuestion } from "./packing-question.ts";
import { type TextSlot, TextSlots } from "./text-slots.ts";

/** Shorter texts are read at once in less time than it takes to wake a thread, and never start one. */
const LEAST_BYTES = 64 * 1024;

/** Texts that wait while each thread has one: enough that no thread waits for the reader. */
const TEXTS_AHEAD = 2;

// Built, both files lie side by side in one folder; in the sources as well.
const defaultEntry = new URL(
  import.meta.url.endsWith(".ts") ? "./packing-worker.ts" : "./packing-worker.js",
  import.meta.url,
);

export interface ThreadedDeskOptions {
  /** Beside the calling one; at least 1. */
  readonly threadCount: number;
  /** Shorter predictions are packed on the calling thread. Default 64 KiB. */
  readonly leastBytes?: number | undefined;
  /** The module that each worker runs. Default: the packing thread. */
  readonly entry?: URL | undefined;
}

/** Packs answers on worker threads; who is free takes the next. Threads start when there are long answers. */
export class ThreadedDesk implements AnswerDesk {
  readonly #local: LocalDesk;
  readonly #pool: WorkerPool<PackingQuestion, PackedAnswer>;
  readonly #slots: TextSlots;
  readonly #leastBytes: number;

  constructor(settings: PackingSettings, options: ThreadedDeskOptions) {
    const { threadCount, leastBytes = LEAST_BYTES, entry = defaultEntry } = options;
    this.#local = new LocalDesk(settings);
    this.#pool = new WorkerPool(entry, { workerCount: threadCount, start: settings });
    this.#slots = new TextSlots(threadCount + TEXTS_AHEAD);
    this.#leastBytes = leastBytes;
  }

  async take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer> {
    const { prediction, ...facts } = envelope;
    const byteLength = prediction.length;
    if (byteLength < this.#leastBytes) return this.#local.take(envelope, request);
    const slot = await this.#slots.take(byteLength);
    new Uint8Array(slot.memory).set(prediction);
    const question = { text: slot.memory, byteLength, facts, request };
    return { packed: this.#ask(question, slot) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#local[Symbol.asyncDispose](), this.#pool[Symbol.asyncDispose]()]);
  }

  /** A thread that ends early may have had no part in it: the answer gets a second one. */
  async #ask(question: PackingQuestion, slot: TextSlot): Promise<PackedAnswer> {
    try {
      return await this.#pool.ask(question);
    } catch (error) {
      if (!isWorkerPoolError(error, "worker-failed")) throw error;
      return await this.#pool.ask(question);
    } finally {
      slot.free();
    }
  }
}
