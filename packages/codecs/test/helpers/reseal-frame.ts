import { loadChecksum } from "@foretile/codecs";

const checksum = await loadChecksum();

/**
 * What a hostile writer can do: a frame with any header fields and any panel bodies, and with hashes that fit.
 *
 * @param frame gives the first 28 bytes
 * @param panels the bodies; they set the panel count and the directory
 * @param change runs on the whole header before it is hashed
 */
export function resealFrame(
  frame: Uint8Array,
  panels: readonly Uint8Array[],
  change: (view: DataView) => void = () => undefined,
): Uint8Array {
  const headerBytes = 16 * Math.ceil((44 + 20 * panels.length) / 16);
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer, 0, headerBytes);
  header.set(frame.subarray(0, 28));
  view.setUint32(24, panels.length, true);
  for (const [index, panel] of panels.entries()) {
    view.setUint32(28 + 20 * index, panel.length, true);
    header.set(checksum.hash128(panel), 32 + 20 * index);
  }
  change(view);
  header.set(checksum.hash128(header.subarray(0, headerBytes - 16)), headerBytes - 16);
  return new Uint8Array(Buffer.concat([header, ...panels]));
}
