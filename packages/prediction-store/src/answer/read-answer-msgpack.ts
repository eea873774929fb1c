import {
  EnvelopeBuilder,
  type EnvelopeOutcome,
  malformedEnvelope,
  MAX_MEMBER_BYTES,
  PREDICTION_MEMBER,
} from "./answer-envelope.ts";
import { MsgpackReader } from "./msgpack-reader.ts";

const nullValue = Uint8Array.of(0xc0);
const decoder = new TextDecoder();

/**
 * Finds the parts of one answer in MessagePack: a map with the members of {@link readAnswerJson}, in any order.
 *
 * @param bytes the map and nothing behind it
 * @returns the envelope, whose prediction is a view of `bytes`, or what is wrong; bad bytes never throw
 */
export function readAnswerMsgpack(bytes: Uint8Array): EnvelopeOutcome {
  const reader = new MsgpackReader(bytes);
  if (reader.read() !== "object") return malformedEnvelope("answer is no MessagePack map");
  const builder = new EnvelopeBuilder("msgpack", nullValue);
  for (let left = reader.count; left > 0; left -= 1) {
    const nameAt = reader.offset;
    const name = reader.read() === "text" ? smallText(reader) : undefined;
    if (name === undefined || !builder.accepts(name)) {
      return malformedEnvelope(`answer has an unknown or repeated member offset=${nameAt}`);
    }
    const valueAt = reader.offset;
    if (name === PREDICTION_MEMBER) {
      if (!reader.skip(1)) return notMsgpack(reader.offset);
      builder.prediction(bytes.subarray(valueAt, reader.offset));
    } else {
      const value = readSmallValue(reader);
      if (value === undefined) return notMsgpack(valueAt);
      builder.member(name, value);
    }
  }
  return reader.offset === bytes.length ? builder.finish() : notMsgpack(reader.offset);
}

/** A null, a number or a short text; `undefined` for everything else, which no member is. */
function readSmallValue(reader: MsgpackReader): unknown {
  const kind = reader.read();
  if (kind === "null") return null;
  if (kind === "integer" || kind === "float") return reader.number;
  return kind === "text" ? smallText(reader) : undefined;
}

function smallText(reader: MsgpackReader): string | undefined {
  const { payload } = reader;
  return payload.length > MAX_MEMBER_BYTES ? undefined : decoder.decode(payload);
}

function notMsgpack(offset: number): EnvelopeOutcome {
  return malformedEnvelope(`answer is not a MessagePack answer offset=${offset}`);
}
