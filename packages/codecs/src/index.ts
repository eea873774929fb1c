/**
 * Exact bytes for float32 tiles: self-describing frames, checksums, varints. Runs in Node and in browsers.
 *
 * ```ts
 * import { createTileCodec } from "@foretile/codecs";
 *
 * const codec = await createTileCodec();
 * const shape = { simulations: 1000, steps: 289 };
 * const tile = new Float32Array(shape.simulations * shape.steps); // step after step
 * const { bytes, hash } = codec.encode(tile, shape, { mode: "pack" });
 * const { values } = codec.decode(bytes);
 * ```
 *
 * @module
 */
export { HASH_BYTES, loadChecksum, type Checksum } from "./checksum.ts";
export { CodecError, isCodecError, type CodecErrorCode } from "./codec-error.ts";
export type { ByteCompressor } from "./compress/byte-compressor.ts";
export { createTileCodec } from "./tile/create-tile-codec.ts";
export type { TileMode } from "./tile/panel-body.ts";
export type { TileCodecLimits } from "./tile/tile-codec-limits.ts";
export type {
  DecodedTile,
  EncodedTile,
  EncodeTileOptions,
  TileCodec,
  TileCodecOptions,
} from "./tile/tile-codec.ts";
export type { PanelEntry, TileFrameHeader } from "./tile/tile-frame-header.ts";
export {
  PANEL_STEPS,
  panelCount,
  stepsInPanel,
  type PanelRange,
  type PanelSteps,
  type TileShape,
} from "./tile/tile-shape.ts";
export { MAX_VARINT_BYTES, readVarint, varintBytes, writeVarint } from "./varint.ts";
export { decodeZigzag, encodeZigzag } from "./zigzag.ts";
