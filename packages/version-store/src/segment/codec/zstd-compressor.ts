import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Compressor } from "./codec.ts";

// Higher levels take several times longer and make shuffled numbers hardly smaller.
const LEVEL = 3;

// The least that the platform and the format allow.
const LEAST_CHUNK_BYTES = 64;
const LEAST_WINDOW_LOG = 10;

/** One Zstandard frame. */
export const zstdCompressor: Compressor = {
  kind: "compressor",
  name: "zstd",
  compress: (bytes) =>
    zstdCompressSync(bytes, {
      // What does not fit one chunk did not become smaller, and is not wanted.
      chunkSize: Math.max(LEAST_CHUNK_BYTES, bytes.length),
      params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
    }),
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
