import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { SegmentEntry } from "../../src/manifest/manifest.ts";

/** Entries of segments that are not stored. */
export function segmentEntries(
  count: number,
  options: { transactionId?: string; facts?: DocumentValue } = {},
): SegmentEntry[] {
  const { transactionId = "0".repeat(26), facts = null } = options;
  return Array.from({ length: count }, (_, ordinal) => ({
    transactionId,
    ordinal,
    length: 100 + ordinal,
    hash: new Uint8Array(16).fill(ordinal),
    facts,
  }));
}
