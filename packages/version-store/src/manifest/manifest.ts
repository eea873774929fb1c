import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Key } from "@foretile/storage";
import { segmentKey } from "../library/keys.ts";

/** Bytes of a segment's hash. */
export const SEGMENT_HASH_BYTES = 16;

/** One segment: which transaction wrote it, how long it is, and the 128-bit hash its reader must find. */
export interface SegmentEntry {
  readonly transactionId: string;
  /** The segment's number within its transaction. */
  readonly ordinal: number;
  /** Bytes. */
  readonly length: number;
  /**
   * 16 bytes by which the reader knows the segment's bytes are the ones that were written. What is hashed is up to the
   * handler; a tile frame's hash covers its header, and through the header's directory every panel.
   */
  readonly hash: Uint8Array;
  /** The handler's own words about this segment, independent of its neighbours; `null` when there are none. */
  readonly facts: DocumentValue;
}

/** What a version consists of. */
export interface Manifest {
  /** Who understands `body`, such as `prediction`. */
  readonly handler: string;
  /** The handler's own description; names segments by their position in `segments`. */
  readonly body: DocumentValue;
  readonly segments: readonly SegmentEntry[];
}

export function segmentEntryKey(segment: SegmentEntry): Key {
  return segmentKey(segment.transactionId, segment.ordinal);
}
