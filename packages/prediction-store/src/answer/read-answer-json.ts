import {
  EnvelopeBuilder,
  type EnvelopeOutcome,
  malformedEnvelope,
  MAX_MEMBER_BYTES,
  PREDICTION_MEMBER,
} from "./answer-envelope.ts";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  lastByteAt,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipName,
  skipString,
  skipWhitespace,
} from "./json-scan.ts";

const nullValue = new TextEncoder().encode("null");
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Finds the parts of one answer in JSON:
 * `{"request":"r1","miner_uid":12,"miner_id":1012,"process_time":3.21,"prediction":[…]}`, in any order. `request`,
 * `process_time` and `prediction` may be missing or null; other members, and members given twice, are refused.
 *
 * The prediction is not looked into: usually it comes last and its end is found from behind. So one that is no JSON spoils
 * no more than itself.
 *
 * @param bytes the object, whitespace around it allowed
 * @returns the envelope, whose prediction is a view of `bytes`, or what is wrong; bad bytes never throw
 */
export function readAnswerJson(bytes: Uint8Array): EnvelopeOutcome {
  const start = skipWhitespace(bytes, 0);
  const end = lastByteAt(bytes);
  if (bytes[start] !== OPEN_BRACE || bytes[end] !== CLOSE_BRACE) {
    return malformedEnvelope("answer is no JSON object");
  }
  const inside = bytes.subarray(0, end);
  const builder = new EnvelopeBuilder("json", nullValue);
  let at = skipWhitespace(inside, start + 1);
  while (at < end) {
    const valueAt = skipName(inside, at);
    if (valueAt < 0) return notJson(~valueAt);
    const name = smallValue(inside.subarray(at, skipString(inside, at)));
    if (typeof name !== "string" || !builder.accepts(name)) {
      return malformedEnvelope(`answer has an unknown or repeated member offset=${at}`);
    }
    const isPrediction = name === PREDICTION_MEMBER;
    const valueEnd = isPrediction ? predictionEnd(inside, valueAt) : looseEnd(inside, valueAt);
    const raw = inside.subarray(valueAt, valueEnd);
    if (isPrediction) {
      builder.prediction(raw);
    } else {
      const value = smallValue(raw);
      if (value === undefined) return notJson(valueAt);
      builder.member(name, value);
    }
    at = skipWhitespace(inside, valueEnd);
    if (at === end) return builder.finish();
    if (inside[at] !== COMMA) return notJson(at);
    at = skipWhitespace(inside, at + 1);
  }
  return notJson(at);
}

function notJson(offset: number): EnvelopeOutcome {
  return malformedEnvelope(`answer is not JSON offset=${offset}`);
}

/** A value that is not the prediction; `undefined` when it is too long or no JSON. */
function smallValue(raw: Uint8Array): unknown {
  if (raw.length > MAX_MEMBER_BYTES) return undefined;
  try {
    return JSON.parse(decoder.decode(raw));
  } catch {
    return undefined;
  }
}

/**
 * The end of the prediction in the inside of an object. No other member is an array: if the inside ends with a bracket,
 * that is the prediction's, or the object is not an answer, and then what lies between is no JSON value either.
 */
function predictionEnd(inside: Uint8Array, at: number): number {
  const last = lastByteAt(inside);
  const endsWithArray = inside[at] === OPEN_BRACKET && inside[last] === CLOSE_BRACKET;
  return endsWithArray ? last + 1 : looseEnd(inside, at);
}

/** The end of a value, found by brackets and quotes alone. Where they do not match, it is the end of the bytes. */
function looseEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  let next = at;
  while (next < bytes.length) {
    const byte = bytes[next];
    if (byte === QUOTE) {
      const end = skipString(bytes, next);
      if (end < 0) return bytes.length;
      next = end - 1;
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth -= 1;
    } else if (byte === COMMA && depth === 0) {
      return next;
    }
    next += 1;
  }
  return bytes.length;
}
