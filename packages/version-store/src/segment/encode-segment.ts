import { HASH_BYTES } from "@foretile/codecs";
import { VersionStoreError } from "../version-store-error.ts";
import type { CodecChain } from "./codec/codec-chain.ts";
import type { Part } from "./part.ts";
import type { EncodedSegment } from "./segment-codec.ts";
import type { SegmentContext } from "./segment-context.ts";
import { encodeSegmentHeader, isElementSize } from "./segment-header.ts";
import {
  aligned,
  HEADER_AT,
  HEADER_LENGTH_AT,
  MAX_PARTS,
  SEGMENT_MAGIC,
  SEGMENT_VERSION,
  VERSION_AT,
} from "./segment-layout.ts";

/** Writes a segment; see `SegmentCodec`. */
export function encodeSegment(
  context: SegmentContext,
  chain: CodecChain,
  parts: readonly Part[],
): EncodedSegment {
  checkParts(parts, context.maxRawBytes);
  const bodies = encodeBodies(context, chain, parts);
  const header = encodeSegmentHeader({
    codecs: chain.names,
    parts: bodies.map((body, index) => {
      const { bytes, elementBytes } = parts[index] as Part;
      return { elementBytes, rawLength: bytes.length, storedLength: body.length };
    }),
  });
  const bodiesAt = aligned(HEADER_AT + header.length);
  const hashAt = bodies.reduce((end, body) => end + aligned(body.length), bodiesAt);
  const segment = new Uint8Array(hashAt + HASH_BYTES);
  const view = new DataView(segment.buffer, 0, HEADER_AT);
  new TextEncoder().encodeInto(SEGMENT_MAGIC, segment);
  view.setUint16(VERSION_AT, SEGMENT_VERSION, true);
  view.setUint16(HEADER_LENGTH_AT, header.length, true);
  segment.set(header, HEADER_AT);
  let at = bodiesAt;
  for (const body of bodies) {
    segment.set(body, at);
    at += aligned(body.length);
  }
  const hash = context.checksum.hash128(segment.subarray(0, hashAt));
  segment.set(hash, hashAt);
  return { bytes: segment, hash };
}

/** What is stored of each part: its encoded bytes, or its own where those are not fewer. */
function encodeBodies(
  { coder, bodies }: SegmentContext,
  chain: CodecChain,
  parts: readonly Part[],
): Uint8Array[] {
  if (chain.compressor === undefined) return parts.map(({ bytes }) => bytes);
  // Room for all: an encoded part has fewer bytes than the part.
  const room = bodies.take(parts.reduce((total, { bytes }) => total + bytes.length, 0));
  let at = 0;
  return parts.map((part) => {
    const encoded = coder.encode(chain, part);
    if (encoded === undefined) return part.bytes;
    const body = room.subarray(at, at + encoded.length);
    body.set(encoded);
    at += encoded.length;
    return body;
  });
}

function checkParts(parts: readonly Part[], maxRawBytes: number): void {
  if (parts.length > MAX_PARTS) {
    throw invalid(`segment of too many parts most=${MAX_PARTS} found=${parts.length}`);
  }
  let rawBytes = 0;
  for (const [index, { bytes, elementBytes }] of parts.entries()) {
    if (!isElementSize(elementBytes) || bytes.length % elementBytes !== 0) {
      throw invalid(
        `part is no whole elements of 1, 2, 4 or 8 bytes part=${index} elementBytes=${elementBytes} ` +
          `length=${bytes.length}`,
      );
    }
    rawBytes += bytes.length;
  }
  if (rawBytes > maxRawBytes) {
    throw invalid(
      `segment of too many bytes; cut the value into smaller ones most=${maxRawBytes} found=${rawBytes}`,
    );
  }
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}
