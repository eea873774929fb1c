import { VersionStoreError } from "../../version-store-error.ts";
import type { Codec } from "./codec.ts";
import { deltaFilter } from "./delta-filter.ts";
import { lz4Compressor } from "./lz4-compressor.ts";
import { shuffleFilter } from "./shuffle-filter.ts";
import { xorFilter } from "./xor-filter.ts";
import { zstdCompressor } from "./zstd-compressor.ts";

/** Codecs by name: what a segment codec can write and read. */
export type CodecRegistry = ReadonlyMap<string, Codec>;

/** Most characters of a codec's name. */
const MAX_CODEC_NAME = 32;

const namePattern = /^[a-z][a-z0-9-]*$/;

/**
 * The codecs that come along: `shuffle`, `delta`, `xor`, `lz4`, `zstd`.
 *
 * @param more further codecs. Whoever reads the segments needs them too
 * @throws {VersionStoreError} `invalid-argument` for a name that is taken or malformed
 */
export function createCodecRegistry(more: readonly Codec[] = []): CodecRegistry {
  const registry = new Map<string, Codec>();
  const vetted = [shuffleFilter, deltaFilter, xorFilter, lz4Compressor, zstdCompressor];
  for (const codec of [...vetted, ...more]) {
    const { name } = codec;
    if (name.length > MAX_CODEC_NAME || !namePattern.test(name) || registry.has(name)) {
      throw new VersionStoreError(
        "invalid-argument",
        `codec needs another name: up to ${MAX_CODEC_NAME} of a-z, 0-9 and "-", a letter first, given once name=${JSON.stringify(name)}`,
      );
    }
    registry.set(name, codec);
  }
  return registry;
}
