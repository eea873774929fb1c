import type { ByteRange, CallOptions } from "@foretile/storage";
import { WRITE_AGAIN } from "../document/document-kind.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { SegmentRead } from "./plan-reads.ts";

/** Bytes of a segment as they were found, not yet checked, or why there are none. */
export type FoundSegment = Uint8Array | VersionStoreError;

/**
 * Carries out one read. What is missing or too short is a result; a store that does not answer is an error.
 *
 * @returns one for each of the read's entries, in their order; they may be views of one buffer
 */
export async function fetchSegments(
  context: LibraryContext,
  read: SegmentRead,
  options?: CallOptions,
): Promise<readonly FoundSegment[]> {
  if (read.kind === "cells") throw new VersionStoreError("unsupported-capability", "no cells");
  if (read.kind === "blob") {
    const [entry] = read.entries;
    const bytes = await context.blobs.get(read.key, { signal: options?.signal });
    return [bytes?.length === entry.length ? bytes : missing(entry, bytes?.length)];
  }
  const { key, range, entries } = read;
  const bytes = await context.blobs.get(key, { range, signal: options?.signal });
  return entries.map((entry) => {
    const from = offsetInPack(entry) - range.offset;
    const found = bytes?.subarray(from, from + entry.length);
    return found?.length === entry.length ? found : missing(entry, found?.length);
  });
}

/**
 * The bytes of a part of one segment.
 *
 * @throws {VersionStoreError} `data-integrity` when it is missing or cut off
 */
export async function fetchPart(
  context: LibraryContext,
  entry: SegmentEntry,
  read: SegmentRead,
  part: ByteRange,
  options?: CallOptions,
): Promise<Uint8Array> {
  if (read.kind === "cells") throw new VersionStoreError("unsupported-capability", "no cells");
  const range = { offset: offsetInPack(entry) + part.offset, length: part.length };
  const bytes = await context.blobs.get(read.key, { range, signal: options?.signal });
  if (bytes?.length !== part.length) throw missing(entry, bytes?.length, part.length);
  return bytes;
}

function offsetInPack({ location }: SegmentEntry): number {
  return location?.kind === "pack" ? location.offset : 0;
}

function missing(
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
