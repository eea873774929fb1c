import { createTileCodec, loadChecksum, type Checksum, type TileCodec } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";

/** What tiles are encoded, decoded and checked with. */
export interface TileTools {
  readonly codec: TileCodec;
  readonly checksum: Checksum;
}

export async function createTileTools(): Promise<TileTools> {
  return {
    codec: await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor }),
    checksum: await loadChecksum(),
  };
}
