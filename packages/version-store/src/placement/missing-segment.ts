import { WRITE_AGAIN } from "../document/document-kind.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";

/** The error for a segment, or a part of one, that is not there, or of another length. */
export function missingSegment(
  entry: SegmentEntry,
  found: number | undefined,
  wanted: number = entry.length,
): VersionStoreError {
  const key = segmentEntryKey(entry);
  return new VersionStoreError(
    "data-integrity",
    found === undefined
      ? `segment is missing; ${WRITE_AGAIN} key=${key}`
      : `segment has another length; ${WRITE_AGAIN} key=${key} wanted=${wanted} found=${found}`,
    { details: { key } },
  );
}
