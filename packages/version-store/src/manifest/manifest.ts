import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Key } from "@foretile/storage";
import { blobKey, type BlobName } from "../library/keys.ts";
import type { SegmentLocation } from "../placement/segment-location.ts";

/** Bytes of a segment's hash. */
export const SEGMENT_HASH_BYTES = 16;

/** One segment: which transaction wrote it, how long it is, and the 128-bit hash its reader must find. */
export interface SegmentEntry {
  readonly transactionId: string;
  /** The number within its transaction of the blob that holds the segment, or that names its cell. */
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
  /** Where the bytes are. Missing: the segment is a blob of its own. */
  readonly location?: SegmentLocation | undefined;
}

/** What a version consists of. */
export interface Manifest {
  /** Who understands `body`, such as `prediction`. */
  readonly handler: string;
  /** The handler's own description; names segments by their position in `segments`. */
  readonly body: DocumentValue;
  readonly segments: readonly SegmentEntry[];
}

/** The blob that a segment stands or falls with: its own, its pack, or the list that names its cell. */
export function segmentOwner({ transactionId, ordinal, location }: SegmentEntry): BlobName {
  if (location === undefined) return { area: "s", transactionId, ordinal };
  return { area: location.kind === "pack" ? "k" : "c", transactionId, ordinal };
}

export function segmentOwnerKey(segment: SegmentEntry): Key {
  return blobKey(segmentOwner(segment));
}

/**
 * A text that names a segment and no other: the key of its blob, its place in a pack, or its cell. For people, and to
 * find out whether two entries mean one segment.
 */
export function segmentEntryKey(segment: SegmentEntry): string {
  const { location, length } = segment;
  if (location === undefined) return segmentOwnerKey(segment);
  if (location.kind === "pack") {
    return `${segmentOwnerKey(segment)}@${location.offset}+${length}`;
  }
  const { table, row, family, qualifier, timestampMicros } = location;
  return `${table}/${row}/${family}:${qualifier}@${timestampMicros}`;
}
