/**
 * The entropy coder of the `split` mode, on the Zstandard of `node:zlib` (Node only).
 *
 * ```ts
 * import { createTileCodec } from "@foretile/codecs";
 * import { zstdCompressor } from "@foretile/codecs/zstd";
 *
 * const codec = await createTileCodec({ zstd: zstdCompressor });
 * ```
 *
 * @module
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

import type { ByteCompressor } from "./byte-compressor.ts";

/** Symbols have no repetitions to look for: what counts is the entropy coder, the same at every level. */
const LEVEL = 1;

// The least that the platform and the format allow.
const LEAST_CHUNK_BYTES = 64;
const LEAST_WINDOW_LOG = 10;

/** One Zstandard frame. */
export const zstdCompressor: ByteCompressor = {
  compress: (bytes) =>
    zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } }),
  decompress: (bytes, exactLength) =>
    zstdDecompressSync(bytes, {
      // One more than needed: a chunk that is exactly full would be followed by another.
      chunkSize: Math.max(LEAST_CHUNK_BYTES, exactLength + 1),
      maxOutputLength: exactLength,
      // The decoder allocates the window that a frame asks for; honest frames need none above their content.
      params: {
        [constants.ZSTD_d_windowLogMax]: Math.max(
          LEAST_WINDOW_LOG,
          Math.ceil(Math.log2(exactLength)),
        ),
      },
    }),
};
