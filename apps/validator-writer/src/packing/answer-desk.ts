import type { AnswerEnvelope, ForecastRequest, PackedAnswer } from "@foretile/prediction-store";

import type { LineBuffers } from "../ingest/line-buffers.ts";

/** An answer that was taken in. */
export interface TakenAnswer {
  /** The answer, once it is judged and packed. */
  readonly packed: Promise<PackedAnswer>;
}

/** Where answers are judged and packed, on this thread or on others: the outcome is the same. */
export interface AnswerDesk extends AsyncDisposable {
  /**
   * Makes ready for long answers, where that takes a while. It may be left out, and answers need not wait for it.
   *
   * @returns settles when all is ready, and never fails
   */
  start(): Promise<void>;
  /** The memory that lines should be put together in: those of it can be taken in without a copy. */
  readonly lineBuffers: LineBuffers;
  /**
   * Takes an answer in, as soon as there is room for it: this is where the reader is held back.
   *
   * @param envelope its prediction is gone afterwards, when it lies in {@link lineBuffers}
   * @returns its promise never rejects for what the miner sent, but when a thread ended over it
   */
  take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer>;
}
