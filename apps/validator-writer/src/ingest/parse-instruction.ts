import {
  type AnnouncedRequest,
  type AnswerEnvelope,
  parseRequest,
  readAnswerJson,
  soleJsonMember,
} from "@foretile/prediction-store";

import { parseSmallJson } from "../session/parse-small-json.ts";
import { WriterError } from "../writer-error.ts";

/** What a line of the input asks for. */
export type Instruction =
  | { readonly type: "request"; readonly announced: AnnouncedRequest }
  | {
      readonly type: "response";
      readonly requestId: string;
      /** Its prediction is a view of the line. */
      readonly envelope: AnswerEnvelope;
    }
  | { readonly type: "publish"; readonly id: string };

/**
 * Reads a line: `{"request":{…}}`, `{"response":{…}}` or `{"publish":ID}`. The prediction of a response is found but not
 * judged.
 *
 * @throws {WriterError} `malformed`
 * @throws {PredictionStoreError} `invalid-request`
 */
export function parseInstruction(line: Uint8Array): Instruction {
  const member = soleJsonMember(line);
  if (member === undefined) throw new WriterError("malformed", "line is no JSON object");
  switch (member.name) {
    case "request":
      return { type: "request", announced: parseRequest(parseSmallJson(member.value)) };
    case "response":
      return parseResponse(member.value);
    case "publish":
      return { type: "publish", id: parseId(member.value) };
    default:
      throw new WriterError(
        "malformed",
        'line must have one member named "request", "response" or "publish"',
      );
  }
}

function parseResponse(value: Uint8Array): Instruction {
  const outcome = readAnswerJson(value);
  if (outcome.status === "malformed") throw new WriterError("malformed", outcome.message);
  const { envelope } = outcome;
  if (envelope.requestId === undefined) {
    throw new WriterError("malformed", "response does not name its request");
  }
  return { type: "response", requestId: envelope.requestId, envelope };
}

function parseId(value: Uint8Array): string {
  const id = parseSmallJson(value);
  if (typeof id === "string") return id;
  throw new WriterError("malformed", "publish must be the id of a request, a string");
}
