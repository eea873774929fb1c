import type { KernelMemory } from "@foretile/kernels";

import type { ByteCompressor } from "../compress/byte-compressor.ts";
import type { TileMode } from "./panel-body.ts";
import type { TileCodecLimits } from "./tile-codec-limits.ts";
import type { TileFrameHeader } from "./tile-frame-header.ts";
import type { PanelRange, PanelSteps, TileShape } from "./tile-shape.ts";

export interface TileCodecOptions {
  /** For the `lz4` mode: `lz4Compressor` of `@foretile/codecs/lz4`. Without one, that mode fails. */
  readonly compressor?: ByteCompressor;
  /** For the `split` mode: `zstdCompressor` of `@foretile/codecs/zstd`. Without one, that mode fails. */
  readonly zstd?: ByteCompressor;
  /** What to accept; unset limits have their defaults. */
  readonly limits?: Partial<TileCodecLimits>;
  /**
   * Where the WebAssembly kernels work. Tiles and frames that are in it are encoded and decoded in place; when it is full, or where
   * there is no WebAssembly with vectors, the work is done without, slower and with the same bytes. Default: memory of
   * the codec's own, as large as its largest panel.
   */
  readonly memory?: KernelMemory;
}

export interface EncodeTileOptions {
  /**
   * How panels are stored:
   *
   * - `raw`: as they are.
   * - `lz4`: shuffled and compressed.
   * - `pack`: differences, bit-packed; the fastest that is small.
   * - `decimal`: as `pack`, but of whole multiples of a power of ten for panels whose prices are and for which that is
   *   smaller. It costs a little more time, and 4 bytes a panel where it does not help.
   * - `split`: the smallest, several times slower; for what is kept long and read seldom.
   * - `auto`: whichever of `raw`, `pack` and `decimal` makes the smallest frame.
   */
  readonly mode: TileMode | "auto";
  /** The panels to write. Default all. */
  readonly panels?: PanelRange;
  /**
   * Most digits behind the point with which the values were written, where that is known: `decimal` and `split` then need
   * not look for them. Another number costs time and nothing else.
   */
  readonly decimals?: number | undefined;
}

/** A frame and its hash, both the caller's. */
export interface EncodedTile {
  readonly bytes: Uint8Array;
  /** The frame hash, 16 bytes: it stands for every byte of the frame. */
  readonly hash: Uint8Array;
  /** As asked for; for `auto` the one that was chosen. */
  readonly mode: TileMode;
}

/** A decoded frame. */
export interface DecodedTile {
  readonly header: TileFrameHeader;
  /** float32 `[steps of the frame's panels, simulations]` row-major. */
  readonly values: Float32Array;
}

/**
 * Tiles to frames and back, bit for bit. Synchronous; keeps working memory between calls, so use one per thread.
 * Arguments are only read (or filled) during the call.
 */
export interface TileCodec {
  /**
   * Writes a frame.
   *
   * @param tile the whole tile, float32 `[steps, simulations]` row-major, `steps * simulations` values
   * @throws {CodecError} `invalid-argument`, `too-large`, `missing-compressor`
   */
  encode(tile: Float32Array, shape: TileShape, options: EncodeTileOptions): EncodedTile;

  /**
   * Parses and verifies a header.
   *
   * @param bytes the frame's start, at any alignment; more than the header may follow
   * @throws {CodecError} `truncated` (`details.neededBytes` is a length to try next, and may be asked for twice),
   *   `not-a-frame`, `unsupported-version`, `unsupported-mode`, `unsupported-element-type`, `damaged`, `too-large`,
   *   `not-canonical`
   */
  readHeader(bytes: Uint8Array): TileFrameHeader;

  /**
   * Verifies one panel, all of it, and decodes it or some of its steps.
   *
   * @param header from {@link readHeader}
   * @param panel number of the panel in the tile (not in the frame)
   * @param panelBytes exactly the panel's bytes, at any alignment
   * @param out gets float32 `[wanted steps, simulations]` row-major from `outOffset` on; must not share memory with
   *   `panelBytes`, and that part of it is undefined after a failure
   * @param outOffset in values
   * @param wanted default all steps; those before the first cost little, those after the last nothing
   * @throws {CodecError} `invalid-argument`, `truncated`, `damaged`, `missing-compressor`, `not-canonical`
   */
  decodePanel(
    header: TileFrameHeader,
    panel: number,
    panelBytes: Uint8Array,
    out: Float32Array,
    outOffset: number,
    wanted?: PanelSteps,
  ): void;

  /**
   * Verifies and decodes a whole frame.
   *
   * @param bytes exactly one frame, at any alignment
   * @param out at least as long as the frame has values; a fresh array when not given. `values` is its beginning
   * @throws {CodecError} whatever {@link readHeader} and {@link decodePanel} throw
   */
  decode(bytes: Uint8Array, out?: Float32Array): DecodedTile;
}
