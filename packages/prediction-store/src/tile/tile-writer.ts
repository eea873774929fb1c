import { panelCount, type TileCodec, type TileMode, type TileShape } from "@foretile/codecs";
import type { CallOptions } from "@foretile/storage";
import type { SegmentEntry, Transaction } from "@foretile/version-store";

/** One panel a segment: a slice reads no more than the panels it touches, from any store. */
export const PANELS_PER_SEGMENT = 1;

/**
 * Encodes a tile and stores it as segments of a transaction, all under way at once.
 *
 * @param values step-major `[steps, simulations]` float32; only read until the promise settles
 * @returns the segments in order of their panels
 */
export async function writeTile(
  codec: TileCodec,
  transaction: Transaction,
  values: Float32Array,
  shape: TileShape,
  mode: TileMode,
  options?: CallOptions,
): Promise<SegmentEntry[]> {
  const puts: Promise<SegmentEntry>[] = [];
  for (let first = 0; first < panelCount(shape); first += PANELS_PER_SEGMENT) {
    const count = Math.min(PANELS_PER_SEGMENT, panelCount(shape) - first);
    const { bytes, hash } = codec.encode(values, shape, { mode, panels: { first, count } });
    puts.push(transaction.putSegment(bytes, hash, options));
  }
  // Every upload must have settled before the caller may clean up after a failed one.
  const settled = await Promise.allSettled(puts);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason as Error;
    return result.value;
  });
}
