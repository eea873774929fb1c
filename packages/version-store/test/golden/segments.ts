import { createSeededRandom } from "@foretile/testkit";
import { createCodecRegistry } from "../../src/segment/codec/codec-registry.ts";
import { contentId } from "../../src/segment/content-id.ts";
import { createSegmentCodec } from "../../src/segment/create-segment-codec.ts";
import type { Part } from "../../src/segment/part.ts";
import { loadChecksum } from "@foretile/codecs";

/** A frozen segment. Bytes are hexadecimal. */
export interface GoldenSegment {
  readonly chain: readonly string[];
  readonly parts: readonly { readonly elementBytes: Part["elementBytes"]; readonly bytes: string }[];
  readonly contentId: string;
  readonly hash: string;
  readonly segment: string;
}

const chains = [
  [],
  ["lz4"],
  ["zstd"],
  ["shuffle", "lz4"],
  ["shuffle", "zstd"],
  ["delta", "shuffle", "lz4"],
  ["delta", "shuffle", "zstd"],
  ["xor", "shuffle", "lz4"],
  ["xor", "shuffle", "zstd"],
];

/** Segments of every vetted chain, each with parts of every element size, and with some that stay as they are. */
export async function writeGoldenSegments(): Promise<GoldenSegment[]> {
  const checksum = await loadChecksum();
  const codecs = createCodecRegistry();
  return chains.flatMap((chain) =>
    [smoothParts(), [], roughParts()].map((parts) => {
      const { bytes, hash } = createSegmentCodec({ checksum, codecs, chain }).encode(parts);
      return {
        chain,
        parts: parts.map((part) => ({
          elementBytes: part.elementBytes,
          bytes: toHex(part.bytes),
        })),
        contentId: toHex(contentId(parts)),
        hash: toHex(hash),
        segment: toHex(bytes),
      };
    }),
  );
}

/** Counters and a walk, which every chain makes smaller. */
function smoothParts(): Part[] {
  const count = 99;
  const walk = Float32Array.from({ length: count }, (_, index) => 100 + (index % 7) / 4);
  const times = BigInt64Array.from({ length: count }, (_, index) => 1_700_000_000n + BigInt(index));
  const steps = Int16Array.from({ length: count }, (_, index) => 250 - 5 * index);
  const flags = Uint8Array.from({ length: count }, (_, index) => (index < 50 ? 1 : 0));
  return [
    { bytes: new Uint8Array(walk.buffer), elementBytes: 4 },
    { bytes: new Uint8Array(times.buffer), elementBytes: 8 },
    { bytes: new Uint8Array(steps.buffer), elementBytes: 2 },
    { bytes: flags, elementBytes: 1 },
  ];
}

/** Noise, nothing at all, and one element. */
function roughParts(): Part[] {
  const random = createSeededRandom(7);
  const noise = Uint8Array.from({ length: 40 }, () => random.nextUint32() >>> 24);
  return [
    { bytes: noise, elementBytes: 8 },
    { bytes: new Uint8Array(0), elementBytes: 2 },
    { bytes: Uint8Array.of(1, 0, 0xc0, 0x7f), elementBytes: 4 },
  ];
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
