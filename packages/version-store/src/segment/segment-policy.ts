import type { BlobStoreCapabilities } from "@foretile/storage";
import { VersionStoreError } from "../version-store-error.ts";
import { DEFAULT_MAX_RAW_BYTES, segmentBytesBound } from "./segment-layout.ts";

/** How large segments are made. */
export interface SegmentPolicy {
  /**
   * Bytes before encoding that a segment should have. Values are cut by their average row, so a segment may have more;
   * one row, and an opaque value, are never cut.
   */
  readonly targetBytes: number;
}

/** How many times its target a segment must still fit the store: texts and other rows vary in width. */
const HEADROOM = 2;

/** Most parts of a segment that is cut to a target: an index and 32 columns of texts, two parts each. */
const TARGET_PARTS = 65;

/** The largest target that any store allows. */
export const MAX_TARGET_BYTES: number = DEFAULT_MAX_RAW_BYTES / HEADROOM;

/** Most bytes that a segment of twice the target can take in a store, also when nothing can be compressed. */
export function storedBytesBound({ targetBytes }: SegmentPolicy): number {
  return segmentBytesBound(HEADROOM * targetBytes, TARGET_PARTS);
}

/**
 * Checks that segments of this policy fit a store: {@link storedBytesBound} must not exceed its largest blob.
 *
 * @throws {VersionStoreError} `invalid-argument` for a target that is no integer in 1 to {@link MAX_TARGET_BYTES},
 *   `unsupported-capability` when the store is too narrow
 */
export function checkSegmentPolicy(
  policy: SegmentPolicy,
  { maxBlobBytes }: Pick<BlobStoreCapabilities, "maxBlobBytes">,
): void {
  const { targetBytes } = policy;
  if (!Number.isInteger(targetBytes) || targetBytes < 1 || targetBytes > MAX_TARGET_BYTES) {
    throw new VersionStoreError(
      "invalid-argument",
      `target must be an integer in range least=1 most=${MAX_TARGET_BYTES} target_bytes=${targetBytes}`,
    );
  }
  const needed = storedBytesBound(policy);
  if (needed <= maxBlobBytes) return;
  throw new VersionStoreError(
    "unsupported-capability",
    `segments do not fit the store's blobs; use smaller ones or another store target_bytes=${targetBytes} ` +
      `needed=${needed} max_blob_bytes=${maxBlobBytes}`,
    { details: { targetBytes, needed, maxBlobBytes } },
  );
}
