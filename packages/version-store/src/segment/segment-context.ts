import type { Checksum } from "@foretile/codecs";
import type { ChainCoder } from "./codec/chain-coder.ts";
import type { CodecRegistry } from "./codec/codec-registry.ts";
import type { Scratch } from "./codec/scratch.ts";

/** What reading and writing segments works with. */
export interface SegmentContext {
  readonly checksum: Checksum;
  readonly codecs: CodecRegistry;
  readonly coder: ChainCoder;
  /** Holds the encoded parts of the segment that is being written. */
  readonly bodies: Scratch;
  /** Most raw bytes of one segment. */
  readonly maxRawBytes: number;
}
