import type { ForecastRequest } from "../request/forecast-request.ts";
import type { AnswerEnvelope } from "./answer-envelope.ts";
import type { AnswerRoom } from "./answer-room.ts";
import type { Answer } from "./answer.ts";
import { parsePredictionJson } from "./parse-prediction-json.ts";
import { parsePredictionMsgpack } from "./parse-prediction-msgpack.ts";

/**
 * Judges what `envelope` holds as an answer to `request`. Bad bytes give an invalid answer and never throw.
 *
 * @param room where to read it: the tile is there then, until the next answer
 */
export function judgeAnswer(
  envelope: AnswerEnvelope,
  request: ForecastRequest,
  room?: AnswerRoom,
): Answer {
  const { minerUid, minerId, processTimeSeconds, prediction } = envelope;
  const parse = envelope.format === "json" ? parsePredictionJson : parsePredictionMsgpack;
  const outcome = parse(prediction, request, processTimeSeconds, room);
  return { minerUid, minerId, processTimeSeconds, outcome };
}
