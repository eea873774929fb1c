import { Transaction } from "../commit/transaction.ts";
import type { VersionContent } from "../commit/version-content.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import type { Version } from "../version/read-version.ts";
import { resolveVersion } from "../version/resolve-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { CopyJob } from "./copy-job.ts";

/** Segments at the target by their keys at the source. */
export type PlacedSegments = ReadonlyMap<string, SegmentEntry>;

/** Publishes a version that says that its symbol was deleted. What came before stays readable by number. */
export async function publishDelete(
  { target, call }: CopyJob,
  symbol: string,
  entry: VersionEntry,
): Promise<void> {
  await using transaction = await Transaction.begin(target, symbol, call);
  await commitCopy(transaction, entry, { operation: "delete" }, call);
}

/**
 * Publishes a version whose value is another one's of the target.
 *
 * @returns its segments
 */
export async function publishShared(
  { target, call }: CopyJob,
  original: Version,
  sharedVersion: number,
): Promise<readonly SegmentEntry[]> {
  const { symbol, operation, metadata, effect } = original;
  const sharedWith = await resolveVersion(target, symbol, { ...call, asOf: sharedVersion });
  await using transaction = await Transaction.begin(target, symbol, call);
  await commitCopy(transaction, original, { sharedWith, operation, metadata, effect }, call);
  return sharedWith.manifest.segments;
}

/**
 * Copies segments and publishes the version that consists of them and of others of the target's newest version.
 *
 * @param shared what the newest version has of it
 * @param missing what is to be copied
 * @returns its segments
 * @throws {DamagedSegmentError} for a segment that cannot be read; nothing was published then
 */
export async function publishValue(
  job: CopyJob,
  original: Version,
  shared: PlacedSegments,
  missing: readonly SegmentEntry[],
): Promise<readonly SegmentEntry[]> {
  const newBytes = missing.reduce((sum, { length }) => sum + length, 0);
  const { segments } = await job.target.usage.reserve(newBytes, async () => ({
    newBytes,
    segments: await copyAndCommit(job, original, shared, missing),
  }));
  return segments;
}

async function copyAndCommit(
  { source, target, segments: reader, cells, tally, call }: CopyJob,
  original: Version,
  shared: PlacedSegments,
  missing: readonly SegmentEntry[],
): Promise<readonly SegmentEntry[]> {
  const { symbol, operation, metadata, effect, rawBytes, rows } = original;
  const { handler, body } = original.manifest;
  const assigned = cells.get(handler)?.(original.manifest);
  await using transaction = await Transaction.begin(target, symbol, call);
  const placed = new Map(shared);
  await reader.each(missing, {
    handler,
    read: (groups) => source.readSegments(groups, call),
    use: async (bytes, entry) => {
      const { facts, location } = entry;
      const cell =
        assigned?.get(segmentEntryKey(entry)) ?? (location?.kind === "cell" ? location : undefined);
      const options = { ...call, facts, cell };
      placed.set(segmentEntryKey(entry), await transaction.putSegment(bytes, entry.hash, options));
      tally.addSegment(bytes.length, reader.knows(handler));
    },
    signal: call.signal,
  });
  const segments = original.manifest.segments.map((entry) => placeOf(placed, entry));
  const manifest = { handler, body, segments };
  const content = { manifest, rawBytes, rows, operation, metadata, effect };
  await commitCopy(transaction, original, content, call);
  return segments;
}

async function commitCopy(
  transaction: Transaction,
  entry: VersionEntry,
  content: VersionContent,
  call: CopyJob["call"],
): Promise<void> {
  const { user, message } = entry;
  await transaction.commit(() => content, { ...call, user, message, repeats: entry });
}

function placeOf(placed: PlacedSegments, entry: SegmentEntry): SegmentEntry {
  const place = placed.get(segmentEntryKey(entry));
  if (place !== undefined) return place;
  const key = segmentEntryKey(entry);
  throw new VersionStoreError("data-integrity", `segment was not copied key=${key}`, {
    details: { key },
  });
}
