import { fromHex } from "./hex.ts";

/** A tile from 32-bit patterns, which a list of floats could not carry (NaN payloads). */
export function tileFromBits(bits: ArrayLike<number>): Float32Array {
  const words = Uint32Array.from(bits);
  return new Float32Array(words.buffer, 0, words.length);
}

/** The 32-bit patterns of a tile. */
export function bitsOf(tile: Float32Array): number[] {
  return [...new Uint32Array(tile.buffer, tile.byteOffset, tile.length)];
}

/** Zeros of both signs, denormals, infinities, quiet and signalling NaNs with payloads, extremes. */
export const specialBits: readonly number[] = [
  0x0000_0000, 0x8000_0000, 0x0000_0001, 0x807f_ffff, 0x7f80_0000, 0xff80_0000, 0x7fc0_0000,
  0xffc0_0000, 0x7f80_0001, 0xffbf_ffff, 0x7fff_ffff, 0xffff_ffff, 0x7f7f_ffff, 0xff7f_ffff,
];

/** A tile from the hexadecimal digits of its little-endian bytes. */
export function tileFromHex(text: string): Float32Array {
  const bytes = fromHex(text);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
