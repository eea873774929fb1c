import type { AnswerEnvelope, ForecastRequest, PackedAnswer } from "@foretile/prediction-store";

/** To a packing thread: one answer. */
export interface PackingQuestion {
  /** Holds the prediction. It moves to the thread. */
  readonly text: ArrayBuffer;
  readonly offset: number;
  readonly byteLength: number;
  /** The rest of the envelope. */
  readonly facts: Omit<AnswerEnvelope, "prediction">;
  readonly request: ForecastRequest;
}

/** What a packing thread answers. */
export interface PackingAnswer {
  readonly packed: PackedAnswer;
  /** The memory of the question, which moves back. */
  readonly text: ArrayBuffer;
}
