import type { Library, SegmentVerifier } from "@foretile/version-store";
import { TRACE_TILE_HANDLER } from "../tile/tile-manifest.ts";

/**
 * How the segments of tiles are verified where only their entries are known, by the handler of their manifests: for
 * `library.fsck` at level 2. Every byte is compared with the hash in the entry.
 */
export function createTraceVerifiers({
  segmentCodec,
}: Pick<Library, "segmentCodec">): ReadonlyMap<string, SegmentVerifier> {
  return new Map([[TRACE_TILE_HANDLER, (bytes, entry) => segmentCodec.verify(bytes, entry.hash)]]);
}
