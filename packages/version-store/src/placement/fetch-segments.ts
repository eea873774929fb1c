import type { ByteRange, CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { fetchCells } from "./fetch-cells.ts";
import { missingSegment } from "./missing-segment.ts";
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
  if (read.kind === "cells") return fetchCells(context, read, options);
  if (read.kind === "blob") {
    const bytes = await context.blobs.get(read.key, { signal: options?.signal });
    return [wholeSegment(read.entries[0], bytes, bytes?.length)];
  }
  const { key, range } = read;
  return segmentsInPack(read, await context.blobs.get(key, { range, signal: options?.signal }));
}

/**
 * A segment that is a blob of its own.
 *
 * @param bytes those of the blob, or as many of them as the segment has
 * @param length of the blob
 */
export function wholeSegment(
  entry: SegmentEntry,
  bytes: Uint8Array | undefined,
  length: number | undefined,
): FoundSegment {
  return bytes !== undefined && length === entry.length ? bytes : missingSegment(entry, length);
}

/** @param bytes of the read's range, `undefined` when there is no such pack */
export function segmentsInPack(
  { range, entries }: Extract<SegmentRead, { readonly kind: "pack" }>,
  bytes: Uint8Array | undefined,
): readonly FoundSegment[] {
  return entries.map((entry) => {
    const from = offsetInPack(entry) - range.offset;
    const found = bytes?.subarray(from, from + entry.length);
    return found?.length === entry.length ? found : missingSegment(entry, found?.length);
  });
}

/**
 * The bytes of a part of one segment. Of a cell all is read.
 *
 * @throws {VersionStoreError} `data-integrity` when it is missing or cut off, `segment-expired`
 */
export async function fetchPart(
  context: LibraryContext,
  entry: SegmentEntry,
  read: SegmentRead,
  part: ByteRange,
  options?: CallOptions,
): Promise<Uint8Array> {
  const bytes = await partOf(context, entry, read, part, options);
  if (bytes?.length !== part.length) throw missingSegment(entry, bytes?.length, part.length);
  return bytes;
}

async function partOf(
  context: LibraryContext,
  entry: SegmentEntry,
  read: SegmentRead,
  { offset, length }: ByteRange,
  options?: CallOptions,
): Promise<Uint8Array | undefined> {
  if (read.kind === "cells") {
    const [found] = await fetchCells(context, read, options);
    if (found instanceof VersionStoreError) throw found;
    return found?.slice(offset, offset + length);
  }
  const range = { offset: offsetInPack(entry) + offset, length };
  return context.blobs.get(read.key, { range, signal: options?.signal });
}

function offsetInPack({ location }: SegmentEntry): number {
  return location?.kind === "pack" ? location.offset : 0;
}
