import { createTileCodec, loadChecksum, type Checksum, type TileCodec } from "@foretile/codecs";
import type { KernelMemory } from "@foretile/kernels";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { zstdCompressor } from "@foretile/codecs/zstd";
import { SegmentRooms } from "./segment-rooms.ts";

/** What tiles are encoded, decoded and checked with. */
export interface TileTools {
  readonly codec: TileCodec;
  readonly checksum: Checksum;
  /** Where encoded segments are read to. */
  readonly rooms: SegmentRooms;
}

/** @param memory where kernels work; tiles that are in it are encoded and decoded in place. Default: its own */
export async function createTileTools(memory?: KernelMemory): Promise<TileTools> {
  const where = memory === undefined ? {} : { memory };
  return {
    codec: await createTileCodec({ compressor: lz4Compressor, zstd: zstdCompressor, ...where }),
    checksum: await loadChecksum(),
    rooms: new SegmentRooms(memory),
  };
}
