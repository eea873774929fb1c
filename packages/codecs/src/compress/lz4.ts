/**
 * The compressor of the `lz4` mode, on lz4-napi (native, Node only).
 *
 * ```ts
 * import { createTileCodec } from "@foretile/codecs";
 * import { lz4Compressor } from "@foretile/codecs/lz4";
 *
 * const codec = await createTileCodec({ compressor: lz4Compressor });
 * ```
 *
 * @module
 */
import { compressSync, uncompressSync } from "lz4-napi";

import { CodecError } from "../codec-error.ts";
import type { ByteCompressor } from "./byte-compressor.ts";

const PREFIX_BYTES = 4;

/** LZ4 blocks behind their uncompressed length as a little-endian uint32 (what `lz4.block` in Python reads). */
export const lz4Compressor: ByteCompressor = {
  compress: (bytes) => compressSync(bytes),
  decompress: (bytes, exactLength) => {
    if (bytes.length < PREFIX_BYTES) {
      throw new CodecError("damaged", `lz4 block is too short length=${bytes.length}`);
    }
    // The native call allocates whatever the prefix claims, so the claim is checked first.
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const claimed = view.getUint32(0, true);
    if (claimed !== exactLength) {
      throw new CodecError(
        "damaged",
        `lz4 block has another length expected=${exactLength} found=${claimed}`,
      );
    }
    return uncompressSync(bytes);
  },
};
