import { loadChecksum } from "../checksum.ts";
import { createDecimalPanel } from "./decimal-panel.ts";
import { FrameCodec } from "./frame-codec.ts";
import { HashVerifier } from "./hash-verifier.ts";
import { requireLittleEndianHost } from "./host-order.ts";
import { createLz4Panel } from "./lz4-panel.ts";
import { createPackPanel } from "./pack-panel.ts";
import { PanelKernel } from "./panel-kernel.ts";
import { PanelPacker } from "./panel-packer.ts";
import { rawPanel } from "./raw-panel.ts";
import { createSplitPanel } from "./split-panel.ts";
import { resolveTileCodecLimits } from "./tile-codec-limits.ts";
import type { TileCodec, TileCodecOptions } from "./tile-codec.ts";

/**
 * Makes a codec.
 *
 * @throws {CodecError} `invalid-argument` for impossible limits, `unsupported-host` on a big-endian machine
 */
export async function createTileCodec(options: TileCodecOptions = {}): Promise<TileCodec> {
  requireLittleEndianHost();
  const kernel = PanelKernel.create(options.memory);
  const packer = new PanelPacker(kernel);
  const checksum = await loadChecksum();
  return new FrameCodec({
    bodies: {
      raw: rawPanel,
      lz4: createLz4Panel(options.compressor),
      pack: createPackPanel(packer),
      decimal: createDecimalPanel(packer),
      split: createSplitPanel(options.zstd),
    },
    limits: resolveTileCodecLimits(options.limits),
    checksum,
    verifier: new HashVerifier(checksum, kernel),
    kernel,
  });
}
