import { DIGEST_BYTES } from "../trace-values.ts";
import type { GoldBlock } from "./gold-block.ts";

/** The block of some of the traces, given by their places in it. */
export function pickRows(block: GoldBlock, rows: readonly number[]): GoldBlock {
  const width = block.to - block.from;
  const states = new Uint8Array(rows.length * width);
  const values = new Uint8Array(states.length * DIGEST_BYTES);
  for (const [place, row] of rows.entries()) {
    states.set(block.states.subarray(row * width, (row + 1) * width), place * width);
    values.set(
      block.values.subarray(row * width * DIGEST_BYTES, (row + 1) * width * DIGEST_BYTES),
      place * width * DIGEST_BYTES,
    );
  }
  return {
    ...block,
    ids: rows.map((row) => block.ids[row] ?? ""),
    params: rows.map((row) => block.params[row] ?? {}),
    options: rows.map((row) => block.options[row]),
    states,
    values,
  };
}
