import type { TileSlice } from "./tile-slice.ts";

/** The header's length is a multiple of this, so that the numbers behind it can be mapped. */
const ALIGNMENT = 64;

/**
 * NumPy's file format, version 1.0: magic, version, length of the header, a Python dictionary padded with spaces, then
 * the numbers: little-endian float32 `[steps, simulations]` in C order.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function tileNpy(slice: TileSlice): Uint8Array {
  const { values, request, fromStep, toStep } = slice;
  const header = npyHeader(toStep - fromStep, request.simulations);
  const bytes = new Uint8Array(header.length + values.length * Float32Array.BYTES_PER_ELEMENT);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length, bytes.length - header.length);
  values.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return bytes;
}

function npyHeader(steps: number, simulations: number): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${steps}, ${simulations}), }`;
  const prefixLength = 10;
  const length =
    Math.ceil((prefixLength + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT - prefixLength;
  const bytes = new Uint8Array(prefixLength + length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(length - 1)}\n`), prefixLength);
  return bytes;
}
