import type { NumericArray } from "./element-type.ts";

const [FIRST_BYTE] = new Uint8Array(Uint16Array.of(1).buffer, 0, 1);
const LITTLE_ENDIAN_HOST = FIRST_BYTE === 1;

/** The memory of a typed array, or of some of its elements, as bytes in the host's order. Not a copy. */
export function bytesOf(
  values: NumericArray,
  from: number = 0,
  to: number = values.length,
): Uint8Array {
  const width = values.BYTES_PER_ELEMENT;
  return new Uint8Array(values.buffer, values.byteOffset + from * width, (to - from) * width);
}

/**
 * Elements in the host's order to little-endian ones, or back.
 *
 * @returns `bytes` themselves on a little-endian host, else a copy
 */
export function littleEndian(
  bytes: Uint8Array,
  elementBytes: number,
  isLittleEndianHost: boolean = LITTLE_ENDIAN_HOST,
): Uint8Array {
  if (isLittleEndianHost || elementBytes === 1) return bytes;
  const swapped = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += elementBytes) {
    for (let byte = 0; byte < elementBytes; byte += 1) {
      swapped[at + byte] = bytes[at + elementBytes - 1 - byte] as number;
    }
  }
  return swapped;
}
