import { type AnswerEnvelope, readAnswerJson, readAnswerMsgpack } from "@foretile/prediction-store";

import type { OpenRequest } from "../session/open-request.ts";
import { WriterError } from "../writer-error.ts";
import type { MediaType } from "./media-type.ts";

/**
 * Finds the parts of the body of an answer to `open`, which is not judged yet. Only a body that names no miner is
 * refused.
 *
 * @returns its prediction is a view of `bytes`
 * @throws {WriterError} `malformed`, also when the body names another request
 */
export function readAnswerBody(
  bytes: Uint8Array,
  type: MediaType,
  open: OpenRequest,
): AnswerEnvelope {
  const outcome = type === "json" ? readAnswerJson(bytes) : readAnswerMsgpack(bytes);
  if (outcome.status === "malformed") throw new WriterError("malformed", outcome.message);
  const { envelope } = outcome;
  if (envelope.requestId !== undefined && envelope.requestId !== open.id) {
    throw new WriterError("malformed", "answer names another request than the path");
  }
  return envelope;
}
