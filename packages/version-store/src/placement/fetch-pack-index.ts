import type { CallOptions, Key } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { indexBytesOf, readIndexAtEnd, type PackedSegment } from "./read-pack-index.ts";

/** Enough for the index of two thousand segments. */
const FIRST_BYTES = 64 * 1024;

/**
 * Fetches the index of a pack, and not its segments.
 *
 * @param packBytes of the whole pack
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export async function fetchPackIndex(
  { blobs, checksum }: Pick<LibraryContext, "blobs" | "checksum">,
  key: Key,
  packBytes: number,
  { signal }: CallOptions = {},
): Promise<readonly PackedSegment[]> {
  const fetchEnd = async (length: number): Promise<Uint8Array> => {
    const end = await blobs.get(key, { range: { offset: packBytes - length, length }, signal });
    if (end !== undefined) return end;
    throw new VersionStoreError("data-integrity", "pack is missing");
  };
  let end = await fetchEnd(Math.min(FIRST_BYTES, packBytes));
  const wanted = indexBytesOf(end);
  if (wanted > end.length && wanted <= packBytes) end = await fetchEnd(wanted);
  return readIndexAtEnd(checksum, end, packBytes - end.length);
}
