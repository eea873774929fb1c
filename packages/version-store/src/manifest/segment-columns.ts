import type { DocumentValue } from "@foretile/codecs/msgpack";
import { ColumnReader, joinFixedBytes } from "../document/columns.ts";
import { LOCATED_VERSION } from "../document/document-kind.ts";
import type { DocumentReader } from "../document/document-reader.ts";
import { decodeLocations, encodeLocations } from "../placement/location-columns.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { SEGMENT_HASH_BYTES, type SegmentEntry } from "./manifest.ts";

/** Of segments that are not all blobs of their own. */
const LOCATIONS = "segment_locations";

/** Segment entries column by column: a request has thousands of them, mostly of one transaction. */
export function encodeSegments(segments: readonly SegmentEntry[]): DocumentValue {
  const transactions = [...new Set(segments.map((segment) => segment.transactionId))];
  const positions = new Map(transactions.map((id, index) => [id, index]));
  const locations = segments.map(({ location }) => location);
  return {
    transactions,
    segment_transactions: segments.map((s) => positions.get(s.transactionId) ?? 0),
    segment_ordinals: segments.map((segment) => segment.ordinal),
    segment_lengths: segments.map((segment) => segment.length),
    segment_hashes: joinFixedBytes(
      segments.map((segment) => segment.hash),
      SEGMENT_HASH_BYTES,
    ),
    segment_facts: segments.every((segment) => segment.facts === null)
      ? null
      : segments.map((segment) => segment.facts),
    ...(locations.every((location) => location === undefined)
      ? {}
      : { [LOCATIONS]: encodeLocations(locations) }),
  };
}

/** The version of a document that holds encoded segments: 2 when they say where segments are. */
export function versionOfSegments(encoded: DocumentValue): number {
  const isLocated =
    typeof encoded === "object" && encoded !== null && Object.hasOwn(encoded, LOCATIONS);
  return isLocated ? LOCATED_VERSION : 1;
}

/** @throws {VersionStoreError} `data-integrity` when the columns do not fit together */
export function decodeSegments(reader: DocumentReader, what: string): SegmentEntry[] {
  const columns = new ColumnReader(reader, what, reader.list("segment_transactions").length);
  const transactions = reader.texts("transactions");
  const ordinals = columns.integers("segment_ordinals");
  const lengths = columns.integers("segment_lengths");
  const hashes = columns.fixedBytes("segment_hashes", SEGMENT_HASH_BYTES);
  const facts = reader.optional("segment_facts", () => columns.values("segment_facts"));
  const locations = reader.has(LOCATIONS)
    ? decodeLocations(reader.record(LOCATIONS), what, columns.length)
    : undefined;
  return columns.integers("segment_transactions").map((position, index): SegmentEntry => {
    const transactionId = transactions[position];
    if (transactionId === undefined) {
      throw new VersionStoreError(
        "data-integrity",
        `${what} has a wrong segment entry index=${index}`,
      );
    }
    const location = locations?.[index];
    // Every column was checked to have an item at each index.
    return {
      transactionId,
      ordinal: ordinals[index] ?? 0,
      length: lengths[index] ?? 0,
      hash: hashes[index] ?? new Uint8Array(),
      facts: facts?.[index] ?? null,
      ...(location === undefined ? {} : { location }),
    };
  });
}
