import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Key } from "@foretile/storage";
import { DocumentReader } from "../document/document-reader.ts";
import { segmentKey } from "../library/keys.ts";
import { VersionStoreError } from "../version-store-error.ts";

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

/** Columns instead of records: a request has thousands of segments. */
export function encodeManifest(manifest: Manifest): DocumentValue {
  const transactions = [...new Set(manifest.segments.map((segment) => segment.transactionId))];
  const positions = new Map(transactions.map((id, index) => [id, index]));
  const hashes = new Uint8Array(manifest.segments.length * SEGMENT_HASH_BYTES);
  manifest.segments.forEach((segment, index) => {
    hashes.set(segment.hash, index * SEGMENT_HASH_BYTES);
  });
  return {
    handler: manifest.handler,
    body: manifest.body,
    transactions,
    segment_transactions: manifest.segments.map((s) => positions.get(s.transactionId) ?? 0),
    segment_ordinals: manifest.segments.map((segment) => segment.ordinal),
    segment_lengths: manifest.segments.map((segment) => segment.length),
    segment_hashes: hashes,
  };
}

/** @throws {VersionStoreError} `data-integrity` when the columns do not fit together */
export function decodeManifest(value: DocumentValue): Manifest {
  const reader = new DocumentReader(value, "manifest");
  const transactions = reader.list("transactions");
  const transactionColumn = reader.list("segment_transactions");
  const ordinals = reader.list("segment_ordinals");
  const lengths = reader.list("segment_lengths");
  const hashes = reader.bytes("segment_hashes", transactionColumn.length * SEGMENT_HASH_BYTES);
  const segments = transactionColumn.map((position, index): SegmentEntry => {
    const transactionId = typeof position === "number" ? transactions[position] : undefined;
    const ordinal = ordinals[index];
    const length = lengths[index];
    if (
      typeof transactionId !== "string" ||
      typeof ordinal !== "number" ||
      typeof length !== "number"
    ) {
      throw new VersionStoreError(
        "data-integrity",
        `manifest has a wrong segment entry index=${index}`,
      );
    }
    const start = index * SEGMENT_HASH_BYTES;
    return {
      transactionId,
      ordinal,
      length,
      hash: hashes.subarray(start, start + SEGMENT_HASH_BYTES),
    };
  });
  return { handler: reader.text("handler"), body: reader.value("body"), segments };
}
