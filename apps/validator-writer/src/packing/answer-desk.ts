import type { AnswerEnvelope, ForecastRequest, PackedAnswer } from "@foretile/prediction-store";

/** An answer that was taken in. */
export interface TakenAnswer {
  /** The answer, once it is judged and packed. */
  readonly packed: Promise<PackedAnswer>;
}

/** Where answers are judged and packed, on this thread or on others: the outcome is the same. */
export interface AnswerDesk extends AsyncDisposable {
  /**
   * Takes an answer in, as soon as there is room for it: this is where the reader is held back.
   *
   * @param envelope only read until the promise settles
   * @returns its promise never rejects for what the miner sent
   */
  take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer>;
}
