import {
  type Answer,
  type AnswerEnvelope,
  judgeAnswer,
  type PackedAnswer,
} from "@foretile/prediction-store";

import type { OpenRequest } from "../session/open-request.ts";
import type { AnswerDesk } from "./answer-desk.ts";

/**
 * Judges an answer to `open`, and packs it where the request takes packed answers.
 *
 * @param envelope as {@link AnswerDesk.take} wants it
 * @returns the promise of the answer, as soon as the reader may go on
 */
export async function takeAnswer(
  desk: AnswerDesk,
  envelope: AnswerEnvelope,
  open: OpenRequest,
): Promise<{ readonly packed: Promise<Answer | PackedAnswer> }> {
  return open.takesPacked
    ? desk.take(envelope, open.request)
    : { packed: Promise.resolve(judgeAnswer(envelope, open.request)) };
}
