import type { ForecastRequest } from "../request/forecast-request.ts";
import { type AnswerOutcome, rejected } from "./answer.ts";
import { HEADER_TEXT_LENGTH, PredictionBuilder, type ValueKind } from "./prediction-builder.ts";
import { type MsgpackKind, MsgpackReader } from "./msgpack-reader.ts";
import { refusedUnread } from "./refused-unread.ts";

const decoder = new TextDecoder();

/**
 * Judges an answer in MessagePack and turns it into a tile, in one pass over its bytes, by the rules of
 * {@link parsePredictionJson}: integers and floats are told apart by their type, and a float's text is that of its value.
 * A float32 counts as the double it widens to, which rarely has as few digits as the decimal it came from: send float64.
 *
 * @param bytes the value `[start_ts, time_increment, path_1, …, path_N]`; only read during the call
 * @param request what was asked
 * @param processTimeSeconds how long the miner took; `undefined` when it did not answer in time
 * @returns a new tile, or the first rule broken; bad bytes never throw
 */
export function parsePredictionMsgpack(
  bytes: Uint8Array,
  request: ForecastRequest,
  processTimeSeconds: number | undefined,
): AnswerOutcome {
  const refused = refusedUnread(bytes, request, processTimeSeconds);
  if (refused !== undefined) return refused;
  const reader = new MsgpackReader(bytes);
  const builder = new PredictionBuilder(request, bytes.length);
  const complete = readPrediction(reader, builder) && reader.offset === bytes.length;
  return complete
    ? builder.finish()
    : rejected("malformed", `answer is not MessagePack offset=${reader.offset}`);
}

// From here on every function returns whether the bytes were well formed.

function readPrediction(reader: MsgpackReader, builder: PredictionBuilder): boolean {
  const kind = reader.read();
  if (kind !== "array") {
    if (kind === "malformed") return false;
    builder.notASequence(valueKind(kind));
    return skipInside(reader, kind);
  }
  for (let left = reader.count; left > 0; left -= 1) {
    if (!readElement(reader, builder)) return false;
  }
  return true;
}

function readElement(reader: MsgpackReader, builder: PredictionBuilder): boolean {
  const kind = reader.read();
  if (kind === "malformed") return false;
  if (kind === "array" && builder.atPath) return readPath(reader, builder);
  if (kind === "integer") builder.integerElement(reader.number);
  else if (kind === "text") {
    builder.textElement(decoder.decode(reader.payload.subarray(0, HEADER_TEXT_LENGTH)));
  } else builder.otherElement(valueKind(kind));
  return skipInside(reader, kind);
}

function readPath(reader: MsgpackReader, builder: PredictionBuilder): boolean {
  const { count } = reader;
  const column = builder.beginPath();
  // Points beyond the last step, or of a path that no longer matters, are only counted.
  const judged = column === undefined ? 0 : Math.min(count, column.steps);
  let point = 0;
  while (point < judged && builder.pathIsGood) {
    const kind = reader.read();
    if (kind === "malformed") return false;
    if (kind === "float") builder.floatPrice(point, reader.number);
    else if (kind === "integer") {
      builder.integerPrice(point, reader.number, String(reader.number).length);
    } else {
      builder.otherPrice(point, valueKind(kind));
      if (!skipInside(reader, kind)) return false;
    }
    point += 1;
  }
  if (!reader.skip(count - point)) return false;
  builder.endPath(count);
  return true;
}

/** Skips what belongs to the token just read. */
function skipInside(reader: MsgpackReader, kind: MsgpackKind): boolean {
  if (kind === "array") return reader.skip(reader.count);
  return kind !== "object" || reader.skip(2 * reader.count);
}

function valueKind(kind: Exclude<MsgpackKind, "malformed">): ValueKind {
  return kind === "integer" || kind === "float" ? "number" : kind;
}
