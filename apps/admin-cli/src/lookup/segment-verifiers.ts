import { createSegmentVerifiers } from "@foretile/prediction-store";
import { createTraceVerifiers } from "@foretile/trace-store";
import type { Library, SegmentVerifier } from "@foretile/version-store";

/** How segments of all that our programs store are verified: tiles of answers, and traces. */
export async function segmentVerifiers(
  library: Library,
): Promise<ReadonlyMap<string, SegmentVerifier>> {
  return new Map([...(await createSegmentVerifiers()), ...createTraceVerifiers(library)]);
}
