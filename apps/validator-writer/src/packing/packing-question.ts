import type { AnswerEnvelope, ForecastRequest } from "@foretile/prediction-store";

/** To a packing thread: one answer. */
export interface PackingQuestion {
  /** Holds the prediction from its beginning on. */
  readonly text: SharedArrayBuffer;
  readonly byteLength: number;
  /** The rest of the envelope. */
  readonly facts: Omit<AnswerEnvelope, "prediction">;
  readonly request: ForecastRequest;
}
