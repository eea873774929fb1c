import { PANEL_STEPS, type PanelSteps, type TileShape } from "@foretile/codecs";

/*
 * A plain tile: little-endian float32, `[simulations, steps]` row-major, and nothing else. It is what the network's own
 * writer stores in a cell, and its reader expects. Every platform that Node 24 runs on is little-endian.
 */

/** @param values float32 `[steps, simulations]` row-major */
export function encodePlainTile(
  values: Float32Array,
  { simulations, steps }: TileShape,
): Uint8Array {
  const plain = new Float32Array(simulations * steps);
  for (let step = 0; step < steps; step += 1) {
    const from = step * simulations;
    for (let simulation = 0; simulation < simulations; simulation += 1) {
      plain[simulation * steps + step] = values[from + simulation] ?? 0;
    }
  }
  return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
}

/** The numbers of a plain tile, float32 `[simulations, steps]` row-major, from bytes at any alignment. */
export function plainValues(
  bytes: Uint8Array,
  { simulations, steps }: TileShape,
): Float32Array<ArrayBuffer> {
  const plain = new Float32Array(simulations * steps);
  const whole = new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  whole.set(bytes.subarray(0, plain.byteLength));
  return plain;
}

/**
 * Copies some steps of one panel of a plain tile.
 *
 * @param plain as `plainValues` gave it
 * @param out receives the steps, float32 `[steps, simulations]` row-major
 */
export function copyPlainSteps(
  plain: Float32Array,
  shape: TileShape,
  panel: number,
  wanted: PanelSteps,
  out: Float32Array,
): void {
  const { simulations, steps } = shape;
  const firstStep = panel * PANEL_STEPS + wanted.from;
  const count = wanted.to - wanted.from;
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const from = simulation * steps + firstStep;
    for (let step = 0; step < count; step += 1) {
      out[step * simulations + simulation] = plain[from + step] ?? 0;
    }
  }
}
