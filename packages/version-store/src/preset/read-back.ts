import { equalBytes } from "../document/content-hash.ts";
import type { Part } from "../segment/part.ts";
import type { SegmentCodec } from "../segment/segment-codec.ts";
import { VersionStoreError } from "../version-store-error.ts";

const ELEMENT_SIZES = [1, 2, 4, 8] as const;

/** Not a multiple of 4, so that what loops leave over is tried too. */
const SAMPLE_ELEMENTS = 131;

/**
 * Writes a small sample of every element size and reads it again.
 *
 * @throws {VersionStoreError} `unsupported-capability` when it does not come back
 */
export function checkReadBack(codec: SegmentCodec): void {
  const samples = ELEMENT_SIZES.map(sampleOf);
  let failure: unknown;
  try {
    const { bytes, hash } = codec.encode(samples);
    const parts = codec.decode(bytes, hash);
    if (samples.every((sample, index) => hasSameBytes(sample, parts[index]))) return;
  } catch (cause) {
    failure = cause;
  }
  throw new VersionStoreError(
    "unsupported-capability",
    `codecs do not give back what they were given; use others chain=${JSON.stringify(codec.chain)}`,
    { cause: failure, details: { chain: codec.chain.join(",") } },
  );
}

/** Bits of every kind first, then zeros that every compressor makes fewer, so that nothing is stored as it is. */
function sampleOf(elementBytes: Part["elementBytes"]): Part {
  const bytes = new Uint8Array(SAMPLE_ELEMENTS * elementBytes);
  for (let index = 0; index < bytes.length / 4; index += 1) {
    // The high byte of multiples of a large odd number: no order, and signs and carries of all kinds.
    bytes[index] = Math.imul(index, 0x9e37_79b1) >>> 24;
  }
  return { bytes, elementBytes };
}

function hasSameBytes(left: Part, right: Part | undefined): boolean {
  return right !== undefined && equalBytes(left.bytes, right.bytes);
}
