import { HASH_BYTES } from "@foretile/codecs";
import { VersionStoreError } from "../version-store-error.ts";
import { resolveChain } from "./codec/codec-chain.ts";
import type { Part } from "./part.ts";
import type { SegmentContext } from "./segment-context.ts";
import { decodeSegmentHeader, type SegmentHeader } from "./segment-header.ts";
import { aligned, HEADER_AT, HEADER_LENGTH_AT } from "./segment-layout.ts";
import { verifySegment } from "./verify-segment.ts";

/** Reads a segment; see `SegmentCodec`. */
export function decodeSegment(
  context: SegmentContext,
  bytes: Uint8Array,
  expectedHash: Uint8Array,
): Part[] {
  verifySegment(context.checksum, bytes, expectedHash);
  const headerEnd =
    HEADER_AT +
    new DataView(bytes.buffer, bytes.byteOffset, HEADER_AT).getUint16(HEADER_LENGTH_AT, true);
  const header = decodeSegmentHeader(bytes.subarray(HEADER_AT, headerEnd));
  checkSizes(header, headerEnd, bytes.length, context.maxRawBytes);
  const chain = resolveChain(header.codecs, context.codecs);
  let at = aligned(headerEnd);
  return header.parts.map(({ elementBytes, rawLength, storedLength }) => {
    const body = bytes.subarray(at, at + storedLength);
    at += aligned(storedLength);
    if (storedLength === rawLength) return { bytes: body, elementBytes };
    return { bytes: context.coder.decode(chain, body, elementBytes, rawLength), elementBytes };
  });
}

/** Before anything of a declared size is allocated. */
function checkSizes(
  { parts }: SegmentHeader,
  headerEnd: number,
  length: number,
  maxRawBytes: number,
): void {
  let rawBytes = 0;
  let bodiesEnd = aligned(headerEnd);
  for (const { rawLength, storedLength } of parts) {
    rawBytes += rawLength;
    bodiesEnd += aligned(storedLength);
  }
  if (rawBytes > maxRawBytes) {
    throw new VersionStoreError(
      "data-integrity",
      `segment holds more than is read at once most=${maxRawBytes} found=${rawBytes}`,
    );
  }
  if (bodiesEnd + HASH_BYTES !== length) {
    throw new VersionStoreError(
      "data-integrity",
      `segment has another length than its parts wanted=${bodiesEnd + HASH_BYTES} found=${length}`,
    );
  }
}
