import type { Checksum } from "@foretile/codecs";
import { VersionStoreError } from "../version-store-error.ts";
import { ChainCoder } from "./codec/chain-coder.ts";
import { resolveChain } from "./codec/codec-chain.ts";
import type { CodecRegistry } from "./codec/codec-registry.ts";
import { Scratch } from "./codec/scratch.ts";
import { decodeSegment } from "./decode-segment.ts";
import { encodeSegment } from "./encode-segment.ts";
import type { SegmentCodec } from "./segment-codec.ts";
import type { SegmentContext } from "./segment-context.ts";
import { DEFAULT_MAX_RAW_BYTES } from "./segment-layout.ts";
import { verifySegment } from "./verify-segment.ts";

export interface SegmentCodecOptions {
  readonly checksum: Checksum;
  /** What can be read, and what `chain` is chosen from. */
  readonly codecs: CodecRegistry;
  /** Names of the codecs to write with. */
  readonly chain: readonly string[];
  /** Most raw bytes of one segment, written or read: 1 to 2^30. Default 256 MiB. */
  readonly maxRawBytes?: number | undefined;
}

const HIGHEST_RAW_BYTES = 2 ** 30;

/**
 * Makes a segment codec.
 *
 * @throws {VersionStoreError} `unsupported-capability` for a chain that cannot be used or a big-endian machine,
 *   `invalid-argument` for an impossible limit
 */
export function createSegmentCodec(options: SegmentCodecOptions): SegmentCodec {
  const { checksum, codecs, maxRawBytes = DEFAULT_MAX_RAW_BYTES } = options;
  requireLittleEndianHost();
  if (!Number.isInteger(maxRawBytes) || maxRawBytes < 1 || maxRawBytes > HIGHEST_RAW_BYTES) {
    throw new VersionStoreError(
      "invalid-argument",
      `most raw bytes must be an integer in range least=1 most=${HIGHEST_RAW_BYTES} found=${maxRawBytes}`,
    );
  }
  const chain = resolveChain([...options.chain], codecs);
  const context: SegmentContext = {
    checksum,
    codecs,
    coder: new ChainCoder(),
    bodies: new Scratch(),
    maxRawBytes,
  };
  return {
    chain: chain.names,
    encode: (parts) => encodeSegment(context, chain, parts),
    decode: (bytes, expectedHash) => decodeSegment(context, bytes, expectedHash),
    verify: (bytes, expectedHash) => verifySegment(checksum, bytes, expectedHash),
  };
}

/** Filters read and write little-endian elements through views of the host's own order. */
function requireLittleEndianHost(): void {
  const [firstByte] = new Uint8Array(Uint16Array.of(1).buffer, 0, 1);
  if (firstByte === 1) return;
  throw new VersionStoreError("unsupported-capability", "segments need a little-endian machine");
}
