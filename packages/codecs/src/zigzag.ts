import { requireInteger } from "./require-integer.ts";

/**
 * Folds a signed number into an unsigned one so that small magnitudes stay small: 0, −1, 1, −2 become 0, 1, 2, 3.
 *
 * @param value an integer in [−2^31, 2^31)
 * @returns an integer in [0, 2^32)
 * @throws {CodecError} `invalid-argument` for anything else
 */
export function encodeZigzag(value: number): number {
  requireInteger("signed number", value, -0x8000_0000, 0x7fff_ffff);
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

/**
 * The inverse of {@link encodeZigzag}.
 *
 * @param value an integer in [0, 2^32)
 * @returns an integer in [−2^31, 2^31)
 * @throws {CodecError} `invalid-argument` for anything else
 */
export function decodeZigzag(value: number): number {
  requireInteger("folded number", value, 0, 0xffff_ffff);
  return (value >>> 1) ^ -(value & 1);
}
