import {
  type Answer,
  judgeAnswer,
  readAnswerJson,
  readAnswerMsgpack,
} from "@foretile/prediction-store";

import type { OpenRequest } from "../session/open-request.ts";
import { WriterError } from "../writer-error.ts";
import type { MediaType } from "./media-type.ts";

/**
 * Reads the body of an answer to `open`. An answer that breaks a rule is one with that status; only a body that names no
 * miner is refused.
 *
 * @throws {WriterError} `malformed`, also when the body names another request
 */
export function parseAnswerBody(bytes: Uint8Array, type: MediaType, open: OpenRequest): Answer {
  const outcome = type === "json" ? readAnswerJson(bytes) : readAnswerMsgpack(bytes);
  if (outcome.status === "malformed") throw new WriterError("malformed", outcome.message);
  const { envelope } = outcome;
  if (envelope.requestId !== undefined && envelope.requestId !== open.id) {
    throw new WriterError("malformed", "answer names another request than the path");
  }
  return judgeAnswer(envelope, open.request);
}
