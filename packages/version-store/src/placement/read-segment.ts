import type { ByteRange, CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { fetchPart, fetchSegments } from "./fetch-segments.ts";
import { planReads, type SegmentRead } from "./plan-reads.ts";

export interface ReadSegmentOptions extends CallOptions {
  /** Only this part of the segment. */
  readonly range?: ByteRange | undefined;
}

/**
 * The bytes of a segment, or of a part of it. Their number is checked, their hash is the handler's business.
 *
 * @returns bytes that belong to the caller
 * @throws {VersionStoreError} `data-integrity` when it is missing or has another length
 */
export async function readSegment(
  context: LibraryContext,
  segment: SegmentEntry,
  { range, signal }: ReadSegmentOptions = {},
): Promise<Uint8Array> {
  const read = soleRead(segment);
  if (range !== undefined) return fetchPart(context, segment, read, range, { signal });
  const [found] = await fetchSegments(context, read, { signal });
  if (found instanceof VersionStoreError) throw found;
  return found ?? new Uint8Array();
}

/**
 * Whether all bytes of a segment are in the store: asks for the last one.
 *
 * @throws what the store throws
 */
export async function isSegmentStored(
  context: LibraryContext,
  segment: SegmentEntry,
  { signal }: CallOptions = {},
): Promise<boolean> {
  const last = { offset: segment.length - 1, length: 1 };
  try {
    await fetchPart(context, segment, soleRead(segment), last, { signal });
    return true;
  } catch (error) {
    if (error instanceof VersionStoreError) return false;
    throw error;
  }
}

function soleRead(segment: SegmentEntry): SegmentRead {
  const [read] = planReads([[segment]]).flatMap(({ reads }) => reads);
  if (read !== undefined) return read;
  throw new VersionStoreError("invalid-argument", "no read was planned for a segment");
}
