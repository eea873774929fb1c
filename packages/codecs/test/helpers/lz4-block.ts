/** Reads one LZ4 block, plainly, from the block format's description: the twin of the native decoder. */
export function readLz4Block(block: Uint8Array): Uint8Array {
  const out: number[] = [];
  let at = 0;
  const next = (): number => block[at++] ?? 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let more: number;
      do {
        more = next();
        length += more;
      } while (more === 255);
    }
    return length;
  };
  while (at < block.length) {
    const token = next();
    for (let count = extended(token >> 4); count > 0; count -= 1) out.push(next());
    if (at >= block.length) break;
    const distance = next() + 256 * next();
    for (let count = extended(token & 15) + 4; count > 0; count -= 1) {
      out.push(out[out.length - distance] ?? 0);
    }
  }
  return Uint8Array.from(out);
}
