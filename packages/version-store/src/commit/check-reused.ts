import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import type { Version } from "../version/read-version.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { CommitBase } from "./commit-base.ts";

/**
 * Refuses content that points at segments which a collector may delete: those of a version that is no longer live in
 * the head that is about to be changed.
 *
 * @param own transactions whose segments the commit may use because their intents say they run
 * @param reliedOn a version that the writer looked at earlier
 * @throws {VersionStoreError} `concurrent-modification`
 */
export async function checkReused(
  segments: readonly SegmentEntry[],
  own: ReadonlySet<string>,
  base: CommitBase,
  reliedOn: Version | undefined,
): Promise<void> {
  let foreign = segments.filter((segment) => !own.has(segment.transactionId));
  if (foreign.length === 0) return;
  foreign = notAmong(foreign, (await base.version())?.manifest.segments);
  if (foreign.length === 0) return;
  const relied = reliedOn && (await base.find(reliedOn.version));
  if (relied?.commitId === reliedOn?.commitId) {
    foreign = notAmong(foreign, reliedOn?.manifest.segments);
  }
  const [first] = foreign;
  if (first === undefined) return;
  throw new VersionStoreError(
    "concurrent-modification",
    `the version whose segments are used again was removed meanwhile; start again key=${segmentEntryKey(first)}`,
    { retry: "safe", details: { key: segmentEntryKey(first) } },
  );
}

function notAmong(
  segments: readonly SegmentEntry[],
  known: readonly SegmentEntry[] = [],
): SegmentEntry[] {
  // Mostly the very same objects; keys only for those that are not.
  const same = new Set(known);
  const rest = segments.filter((segment) => !same.has(segment));
  if (rest.length === 0) return [];
  const keys = new Set(known.map(segmentEntryKey));
  return rest.filter((segment) => !keys.has(segmentEntryKey(segment)));
}
