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
import type {
  AnswerQuestion,
  PackedText,
  PackingAnswer,
  PackingQuestion,
} from "./packing-question.ts";
import { Places } from "./places.ts";

/** Shorter texts are read at once in less time than it takes to wake a thread, and never start one. */
const LEAST_BYTES = 64 * 1024;

/** Texts that a worker has: the one that it packs, and one so that it does not wait for the reader. */
const TEXTS_PER_WORKER = 2;

// Built, both files lie side by side in one folder; in the sources as well.
const defaultEntry = new URL(
  import.meta.url.endsWith(".ts") ? "./packing-worker.ts" : "./packing-worker.js",
  import.meta.url,
);

export interface ThreadedDeskOptions {
  /** The calling one included; at least 2. */
  readonly threadCount: number;
  /** Shorter predictions are packed on the calling thread. Default 64 KiB. */
  readonly leastBytes?: number | undefined;
  /** The module that each worker runs. Default: the packing thread. */
  readonly entry?: URL | undefined;
}

/**
 * Packs answers on worker threads, and on the calling one while no worker has room. Workers start when there are long
 * answers, and have none before they are there: until then the calling thread gets on with it.
 */
export class ThreadedDesk implements AnswerDesk {
  readonly lineBuffers: LineBuffers = new LineBuffers();
  readonly #local: LocalDesk;
  readonly #pool: WorkerPool<PackingQuestion, PackingAnswer>;
  readonly #places = new Places(0);
  readonly #settings: PackingSettings | Promise<PackingSettings>;
  readonly #workerCount: number;
  readonly #leastBytes: number;
  #started: Promise<void> | undefined;

  /** @param settings may be known later, but before the first answer */
  constructor(settings: PackingSettings | Promise<PackingSettings>, options: ThreadedDeskOptions) {
    const { threadCount, leastBytes = LEAST_BYTES, entry = defaultEntry } = options;
    this.#local = new LocalDesk(settings);
    this.#settings = settings;
    this.#workerCount = threadCount - 1;
    this.#pool = new WorkerPool(entry, { workerCount: this.#workerCount, start: undefined });
    this.#leastBytes = leastBytes;
  }

  /** Starts the workers, as the first long answer does. */
  start(): Promise<void> {
    this.#started ??= this.#startAll();
    return this.#started;
  }

  async take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer> {
    const { prediction, ...facts } = envelope;
    // What is too large to be an answer is refused unread, and its memory stays here.
    const isShort = prediction.length < this.#leastBytes;
    if (isShort || prediction.length > maxPredictionBytes(request)) {
      return this.#local.take(envelope, request);
    }
    void this.start();
    if (!this.#places.take()) return this.#local.take(envelope, request);
    const text = this.lineBuffers.own(prediction) ? prediction : this.#copy(prediction);
    const { byteOffset: offset, byteLength } = text;
    // Taken from the reader at once, whenever a thread is free.
    const memory = text.buffer.transfer();
    const settings = await this.#settings;
    const question = { text: memory, offset, byteLength, facts, request, settings };
    return { packed: this.#ask({ type: "pack", ...question }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#local[Symbol.asyncDispose](), this.#pool[Symbol.asyncDispose]()]);
  }

  async #startAll(): Promise<void> {
    await Promise.all(Array.from({ length: this.#workerCount }, () => this.#startOne()));
  }

  async #startOne(): Promise<void> {
    // One that cannot start says so over the next answer, as one does that ends later.
    await this.#pool.ask({ type: "start" }).catch(() => undefined);
    this.#places.free(TEXTS_PER_WORKER);
  }

  async #ask(question: AnswerQuestion): Promise<PackedAnswer> {
    try {
      const answer = await this.#pool.ask(question, { transfer: [question.text] });
      const { packed, text } = answer as PackedText;
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
