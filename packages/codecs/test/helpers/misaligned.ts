/** The same bytes at an odd address, inside a larger buffer of other bytes. */
export function misaligned(bytes: Uint8Array, byteOffset: number): Uint8Array {
  const surroundings = new Uint8Array(byteOffset + bytes.length + 5).fill(0xa5);
  surroundings.set(bytes, byteOffset);
  return surroundings.subarray(byteOffset, byteOffset + bytes.length);
}
