import type { CallOptions } from "@foretile/storage";
import type { Block } from "../content/block.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isSegmentStored } from "../placement/read-segment.ts";

/**
 * Whether all segments of a block are in the store with all their bytes: asks each for its last byte. Whoever builds on
 * a block that he could still store himself looks first, as a version must not point at what was lost.
 */
export async function isStored(
  context: LibraryContext,
  { segments }: Block,
  options?: CallOptions,
): Promise<boolean> {
  for (const { entry } of segments) {
    if (!(await isSegmentStored(context, entry, options))) return false;
  }
  return true;
}
