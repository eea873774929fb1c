import { HASH_BYTES, type Checksum } from "../checksum.ts";
import type { PanelEntry } from "./tile-frame-header.ts";
import {
  DIRECTORY_AT,
  DIRECTORY_ENTRY_BYTES,
  ELEMENT_FLOAT32,
  ELEMENT_TYPE_AT,
  FIRST_PANEL_AT,
  FRAME_MAGIC,
  FRAME_VERSION,
  MODE_AT,
  PANEL_COUNT_AT,
  PANEL_STEPS_AT,
  SIMULATIONS_AT,
  STEPS_AT,
  VERSION_AT,
} from "./tile-frame-layout.ts";
import { PANEL_STEPS, type PanelRange, type TileShape } from "./tile-shape.ts";

/**
 * Writes a frame's header and hashes it.
 *
 * @param target exactly the header's bytes, with any content
 * @param mode the mode's number
 * @returns the frame hash
 */
export function writeFrameHeader(
  target: Uint8Array,
  mode: number,
  shape: TileShape,
  panels: PanelRange,
  entries: readonly PanelEntry[],
  checksum: Checksum,
): Uint8Array {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  target.fill(0);
  target.set(new TextEncoder().encode(FRAME_MAGIC));
  view.setUint16(VERSION_AT, FRAME_VERSION, true);
  view.setUint8(MODE_AT, mode);
  view.setUint8(ELEMENT_TYPE_AT, ELEMENT_FLOAT32);
  view.setUint32(SIMULATIONS_AT, shape.simulations, true);
  view.setUint32(STEPS_AT, shape.steps, true);
  view.setUint32(PANEL_STEPS_AT, PANEL_STEPS, true);
  view.setUint32(FIRST_PANEL_AT, panels.first, true);
  view.setUint32(PANEL_COUNT_AT, panels.count, true);
  for (const [index, entry] of entries.entries()) {
    const at = DIRECTORY_AT + index * DIRECTORY_ENTRY_BYTES;
    view.setUint32(at, entry.byteLength, true);
    target.set(entry.hash, at + 4);
  }
  const hashAt = target.length - HASH_BYTES;
  const hash = checksum.hash128(target.subarray(0, hashAt));
  target.set(hash, hashAt);
  return hash;
}
