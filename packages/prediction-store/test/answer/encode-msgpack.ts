/** MessagePack written by hand: each function gives the bytes of one value in one format. */

export function array(...elements: Uint8Array[]): Uint8Array {
  const head =
    elements.length < 16 ? [0x90 | elements.length] : [0xdd, ...bigEndian(elements.length, 4)];
  return join(Uint8Array.from(head), ...elements);
}

export function map(members: Record<string, Uint8Array>): Uint8Array {
  const parts = Object.entries(members).flatMap(([name, value]) => [text(name), value]);
  return join(Uint8Array.of(0x80 | (parts.length / 2)), ...parts);
}

export function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  const head = bytes.length < 32 ? [0xa0 | bytes.length] : [0xda, ...bigEndian(bytes.length, 2)];
  return join(Uint8Array.from(head), bytes);
}

export function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = 0xcb;
  new DataView(bytes.buffer, 0, 9).setFloat64(1, value);
  return bytes;
}

export function float32(value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = 0xca;
  new DataView(bytes.buffer, 0, 5).setFloat32(1, value);
  return bytes;
}

/** An integer in the format of `first`: 0xcc to 0xcf unsigned, 0xd0 to 0xd3 signed, of 1, 2, 4 or 8 bytes. */
export function integer(value: bigint, first: number): Uint8Array {
  const width = 1 << (first & 3);
  return Uint8Array.of(first, ...bigEndian(value & ((1n << BigInt(width * 8)) - 1n), width));
}

/** A whole number in four bytes. */
export function uint32(value: number): Uint8Array {
  return integer(BigInt(value), 0xce);
}

export const nil: Uint8Array = Uint8Array.of(0xc0);

export function join(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function bigEndian(value: number | bigint, width: number): number[] {
  return Array.from({ length: width }, (_, index) =>
    Number((BigInt(value) >> BigInt(8 * (width - 1 - index))) & 0xffn),
  );
}
