import type { ByteRange, CallOptions } from "@foretile/storage";
import { WRITE_AGAIN } from "../document/document-kind.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { segmentEntryKey, type SegmentEntry } from "./manifest.ts";

/** The bytes of a segment, or of a part of it. Their number is checked, their hash is the handler's business. */
export async function readSegment(
  context: LibraryContext,
  segment: SegmentEntry,
  options?: CallOptions & { readonly range?: ByteRange | undefined },
): Promise<Uint8Array> {
  const key = segmentEntryKey(segment);
  const bytes = await context.blobs.get(key, options);
  const wanted = options?.range?.length ?? segment.length;
  if (bytes?.length !== wanted) {
    throw new VersionStoreError(
      "data-integrity",
      bytes === undefined
        ? `segment is missing; ${WRITE_AGAIN} key=${key}`
        : `segment has another length; ${WRITE_AGAIN} key=${key} wanted=${wanted} found=${bytes.length}`,
      { details: { key } },
    );
  }
  return bytes;
}
