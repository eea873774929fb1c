import {
  type AnswerEnvelope,
  type ForecastRequest,
  maxPredictionBytes,
  type PackedAnswer,
  type PackingSettings,
} from "@foretile/prediction-store";
import { WorkerPool } from "@foretile/worker-pool";

import { LineBuffers } from "../ingest/line-buffers.ts";
import type { AnswerDesk, TakenAnswer } from "./answer-desk.ts";
import { LocalDesk } from "./local-desk.ts";
import type { PackingAnswer, PackingQuestion } from "./packing-question.ts";
import { Places } from "./places.ts";

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
  readonly lineBuffers: LineBuffers = new LineBuffers();
  readonly #local: LocalDesk;
  readonly #pool: WorkerPool<PackingQuestion, PackingAnswer>;
  readonly #places: Places;
  readonly #leastBytes: number;

  constructor(settings: PackingSettings, options: ThreadedDeskOptions) {
    const { threadCount, leastBytes = LEAST_BYTES, entry = defaultEntry } = options;
    this.#local = new LocalDesk(settings);
    this.#pool = new WorkerPool(entry, { workerCount: threadCount, start: settings });
    this.#places = new Places(threadCount + TEXTS_AHEAD);
    this.#leastBytes = leastBytes;
  }

  async take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer> {
    const { prediction, ...facts } = envelope;
    // What is too large to be an answer is refused unread, and its memory stays here.
    const isShort = prediction.length < this.#leastBytes;
    if (isShort || prediction.length > maxPredictionBytes(request)) {
      return this.#local.take(envelope, request);
    }
    await this.#places.take();
    const text = this.lineBuffers.own(prediction) ? prediction : this.#copy(prediction);
    const { byteOffset: offset, byteLength } = text;
    // Taken from the reader at once, whenever a thread is free.
    const memory = text.buffer.transfer();
    return { packed: this.#ask({ text: memory, offset, byteLength, facts, request }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#local[Symbol.asyncDispose](), this.#pool[Symbol.asyncDispose]()]);
  }

  async #ask(question: PackingQuestion): Promise<PackedAnswer> {
    try {
      const { packed, text } = await this.#pool.ask(question, { transfer: [question.text] });
      this.lineBuffers.give(text);
      return packed;
    } finally {
      this.#places.free();
    }
  }

  #copy(text: Uint8Array): Uint8Array<ArrayBuffer> {
    const copy = this.lineBuffers.take(text.length).subarray(0, text.length);
    copy.set(text);
    return copy;
  }
}
