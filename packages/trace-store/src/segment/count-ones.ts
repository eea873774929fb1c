/** Of each byte. */
const ONES = new Uint8Array(256);
for (let byte = 1; byte < 256; byte += 1) ONES[byte] = (ONES[byte >> 1] as number) + (byte & 1);

/** How many bits are set in the bytes from `from` to before `end`. */
export function countOnes(bytes: Uint8Array, from: number, end: number): number {
  let count = 0;
  for (let at = from; at < end; at += 1) count += ONES[bytes[at] as number] as number;
  return count;
}
