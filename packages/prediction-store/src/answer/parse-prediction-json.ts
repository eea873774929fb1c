import { PATHS_AT_ONCE } from "@foretile/kernels";

import type { ForecastRequest } from "../request/forecast-request.ts";
import { type AnswerOutcome, rejected } from "./answer.ts";
import type { AnswerRoom } from "./answer-room.ts";
import { decimalValue } from "./decimal-value.ts";
import {
  CLOSE_BRACKET,
  COMMA,
  isIntegerToken,
  kindAt,
  lastByteAt,
  OPEN_BRACKET,
  skipValue,
  skipWhitespace,
} from "./json-scan.ts";
import { HEADER_TEXT_LENGTH, PredictionBuilder } from "./prediction-builder.ts";
import { readJsonPath } from "./read-json-path.ts";
import { refusedUnread } from "./refused-unread.ts";

const decoder = new TextDecoder();

/**
 * Judges an answer in JSON and turns it into a tile, in one pass over its bytes.
 *
 * @param bytes the value `[start_ts, time_increment, path_1, …, path_N]` as the miner wrote it, whitespace around it
 *   allowed; only read during the call
 * @param request what was asked
 * @param processTimeSeconds how long the miner took; `undefined` when it did not answer in time
 * @param room where to read it: the tile is there then, until the next answer. Default: a tile of its own
 * @returns a tile, or the first rule broken; bad bytes never throw
 */
export function parsePredictionJson(
  bytes: Uint8Array,
  request: ForecastRequest,
  processTimeSeconds: number | undefined,
  room?: AnswerRoom,
): AnswerOutcome {
  const refused = refusedUnread(bytes, request, processTimeSeconds);
  if (refused !== undefined) return refused;
  const builder = new PredictionBuilder(request, bytes.length, room);
  const end = readPrediction(room?.place(bytes) ?? bytes, builder, room);
  return end < 0 ? rejected("malformed", `answer is not JSON offset=${~end}`) : builder.finish();
}

// From here on every function takes the offset to start at and returns the offset behind what it read, or the complement
// of the offset where the bytes are not JSON, as those of json-scan.ts do.

function readPrediction(
  bytes: Uint8Array,
  builder: PredictionBuilder,
  room: AnswerRoom | undefined,
): number {
  const start = skipWhitespace(bytes, 0);
  let next: number;
  if (bytes[start] === OPEN_BRACKET) {
    // With a bracket at the end no loop over digits runs out of the bytes, which would slow the loads of all to come.
    const last = lastByteAt(bytes);
    if (bytes[last] !== CLOSE_BRACKET) return ~(last + 1);
    next = readElements(bytes, start + 1, builder, room);
  } else {
    builder.notASequence(kindAt(bytes, start));
    next = skipValue(bytes, start);
  }
  if (next < 0) return next;
  next = skipWhitespace(bytes, next);
  return next === bytes.length ? next : ~next;
}

function readElements(
  bytes: Uint8Array,
  at: number,
  builder: PredictionBuilder,
  room: AnswerRoom | undefined,
): number {
  let next = skipWhitespace(bytes, at);
  if (bytes[next] === CLOSE_BRACKET) return next + 1;
  /** Elements that are read one by one, because they are not all plain paths. */
  let single = 0;
  for (;;) {
    const plain = single === 0 ? readPlainPaths(bytes, next, builder, room) : undefined;
    if (plain === undefined) {
      single = (single || PATHS_AT_ONCE) - 1;
      next = readElement(bytes, next, builder, room);
      if (next < 0) return next;
    } else {
      next = plain;
    }
    next = skipWhitespace(bytes, next);
    if (bytes[next] === CLOSE_BRACKET) return next + 1;
    if (bytes[next] !== COMMA) return ~next;
    next = skipWhitespace(bytes, next + 1);
  }
}

/**
 * Reads the next paths at once, if all their prices are plain.
 *
 * @returns the offset behind them; `undefined` when they have to be read one by one
 */
function readPlainPaths(
  bytes: Uint8Array,
  at: number,
  builder: PredictionBuilder,
  room: AnswerRoom | undefined,
): number | undefined {
  if (room === undefined || bytes[at] !== OPEN_BRACKET) return undefined;
  const column = builder.columnOfNext(PATHS_AT_ONCE);
  const read = column && room.readPaths(bytes, at, column);
  if (read === undefined) return undefined;
  builder.wholePaths(PATHS_AT_ONCE);
  builder.digitsBehindPoint(read.decimals);
  return read.next;
}

/** Reads one element of the outer array; it lies at depth 1. */
function readElement(
  bytes: Uint8Array,
  at: number,
  builder: PredictionBuilder,
  room: AnswerRoom | undefined,
): number {
  const kind = kindAt(bytes, at);
  if (kind === "array" && builder.atPath) {
    return readJsonPath(bytes, at + 1, builder, room);
  }
  const end = skipValue(bytes, at, 1);
  if (end < 0) return end;
  if (kind === "text") {
    const textEnd = Math.min(end - 1, at + 1 + HEADER_TEXT_LENGTH);
    builder.textElement(decoder.decode(bytes.subarray(at + 1, textEnd)));
  } else if (kind === "number" && isIntegerToken(bytes, at, end)) {
    builder.integerElement(decimalValue(bytes, at, end));
  } else {
    builder.otherElement(kind);
  }
  return end;
}
