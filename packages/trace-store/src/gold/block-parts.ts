import { DIGEST_BYTES } from "../trace-values.ts";
import type { GoldBlock } from "./gold-block.ts";

/** Of a value and its state. */
export const POINT_BYTES: number = DIGEST_BYTES + 1;

/** The block of some of the positions: `from` ≤ position < `to`, all in the block. */
export function sliceBlock(block: GoldBlock, from: number, to: number): GoldBlock {
  if (from === block.from && to === block.to) return block;
  const width = to - from;
  const states = new Uint8Array(block.ids.length * width);
  const values = new Uint8Array(states.length * DIGEST_BYTES);
  for (let row = 0; row < block.ids.length; row += 1) {
    const start = row * (block.to - block.from) + from - block.from;
    states.set(block.states.subarray(start, start + width), row * width);
    values.set(
      block.values.subarray(start * DIGEST_BYTES, (start + width) * DIGEST_BYTES),
      row * width * DIGEST_BYTES,
    );
  }
  return { ...block, from, to, states, values };
}
