import { loadChecksum } from "@foretile/codecs";
import { createCodecRegistry } from "../../../src/segment/codec/codec-registry.ts";
import { createSegmentCodec } from "../../../src/segment/create-segment-codec.ts";
import type { SegmentCodec } from "../../../src/segment/segment-codec.ts";

export const checksum = await loadChecksum();
export const registry = createCodecRegistry();

/** A segment codec of the codecs that come along. */
export function segmentCodec(chain: readonly string[], maxRawBytes?: number): SegmentCodec {
  return createSegmentCodec({ checksum, codecs: registry, chain, maxRawBytes });
}
