import type { TileMode } from "./panel-body.ts";
import type { PanelRange, TileShape } from "./tile-shape.ts";

/** Where one panel of a frame is and what its bytes hash to. */
export interface PanelEntry {
  /** From the first byte of the frame. */
  readonly offset: number;
  readonly byteLength: number;
  /** XXH3-128 of the panel's bytes, 16 bytes. */
  readonly hash: Uint8Array;
}

/** What a frame says about itself. Made by `readHeader`, which has checked all of it. */
export interface TileFrameHeader {
  readonly mode: TileMode;
  /** Shape of the whole tile, of which the frame holds {@link panels}. */
  readonly shape: TileShape;
  /** Steps of a panel; the tile's last may be shorter. */
  readonly panelSteps: number;
  readonly panels: PanelRange;
  /** One entry per panel of {@link panels}, in order. */
  readonly entries: readonly PanelEntry[];
  /** Length of the header, which is the offset of the first panel. */
  readonly headerBytes: number;
  /** Length of the whole frame. */
  readonly frameBytes: number;
  /** The frame hash: XXH3-128 of the header before it, and through the directory of every panel. 16 bytes. */
  readonly hash: Uint8Array;
}
