import type {
  AnswerEnvelope,
  ForecastRequest,
  PackedAnswer,
  PackingSettings,
} from "@foretile/prediction-store";

/** To a packing thread: to be there, or one answer. */
export type PackingQuestion = { readonly type: "start" } | AnswerQuestion;

/** One answer, to be judged and packed. */
export interface AnswerQuestion {
  readonly type: "pack";
  /** Holds the prediction. It moves to the thread. */
  readonly text: ArrayBuffer;
  readonly offset: number;
  readonly byteLength: number;
  /** The rest of the envelope. */
  readonly facts: Omit<AnswerEnvelope, "prediction">;
  readonly request: ForecastRequest;
  /** The same in all questions. */
  readonly settings: PackingSettings;
}

/** What a packing thread answers: that it is there, or what it made of the answer. */
export type PackingAnswer = { readonly type: "started" } | PackedText;

/** A packed answer. */
export interface PackedText {
  readonly type: "packed";
  readonly packed: PackedAnswer;
  /** The memory of the question, which moves back. */
  readonly text: ArrayBuffer;
}
