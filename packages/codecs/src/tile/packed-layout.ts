import { CodecError } from "../codec-error.ts";
import { laneWords } from "./bit-lanes.ts";

/** Widest a step can be packed. */
export const MAX_WIDTH = 32;

/** Words of the widths: one byte each, filled up with zero bytes. */
export function widthWords(steps: number): number {
  return Math.ceil(steps / 4);
}

/** Words of the widths and of the bases. */
export function headWords(steps: number): number {
  return widthWords(steps) + steps;
}

/** Bytes of a packed panel whose steps have no width. */
export function leastPackedBytes(steps: number): number {
  return headWords(steps) * 4;
}

/** Bytes of a packed panel whose steps are as wide as can be. */
export function mostPackedBytes(simulations: number, steps: number): number {
  return (headWords(steps) + steps * laneWords(simulations, MAX_WIDTH)) * 4;
}

/**
 * Checks that the widths are possible and that they add up to exactly the panel's length.
 *
 * @throws {CodecError} `damaged`, `not-canonical`
 */
export function checkPackedPanel(bytes: Uint8Array, simulations: number, steps: number): void {
  let words = headWords(steps);
  for (let step = 0; step < steps; step += 1) {
    const width = bytes[step] as number;
    if (width > MAX_WIDTH) {
      throw new CodecError("damaged", `step has an impossible width step=${step} width=${width}`);
    }
    words += laneWords(simulations, width);
  }
  if (words * 4 !== bytes.length) {
    throw new CodecError(
      "damaged",
      `panel has another length than its widths say expected=${words * 4} found=${bytes.length}`,
    );
  }
  for (let at = steps; at < widthWords(steps) * 4; at += 1) {
    if (bytes[at] !== 0) throw new CodecError("not-canonical", "bytes after the widths are not 0");
  }
}
