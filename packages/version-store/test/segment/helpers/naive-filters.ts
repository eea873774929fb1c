import type { Part } from "../../../src/segment/part.ts";

/** Filters as docs/formats/segment-v1.md words them, element by element. */
export const naiveFilters: Readonly<Record<string, (part: Part) => number[]>> = {
  shuffle: ({ bytes, elementBytes }) => {
    const count = bytes.length / elementBytes;
    return Array.from(
      bytes,
      (_, index) => bytes[(index % count) * elementBytes + Math.floor(index / count)] ?? -1,
    );
  },
  delta: (part) => combine(part, (element, previous) => element - previous),
  xor: (part) => combine(part, (element, previous) => element ^ previous),
};

function combine(part: Part, change: (element: bigint, previous: bigint) => bigint): number[] {
  const { elementBytes } = part;
  const elements = elementsOf(part);
  return elements.flatMap((element, index) => {
    const changed = BigInt.asUintN(8 * elementBytes, change(element, elements[index - 1] ?? 0n));
    return Array.from({ length: elementBytes }, (_, byte) =>
      Number((changed >> BigInt(8 * byte)) & 0xffn),
    );
  });
}

/** Little-endian unsigned integers. */
function elementsOf({ bytes, elementBytes }: Part): bigint[] {
  return Array.from({ length: bytes.length / elementBytes }, (_, index) =>
    bytes
      .subarray(index * elementBytes, (index + 1) * elementBytes)
      .reduceRight((element, byte) => (element << 8n) | BigInt(byte), 0n),
  );
}
