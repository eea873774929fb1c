import type { PanelSteps } from "./tile-shape.ts";

/** How a tile's panels are stored. */
export type TileMode = "raw" | "lz4" | "pack" | "decimal" | "split";

/**
 * One mode: a panel's float bits to bytes and back. The bits are moved as int32, never as floats, so that every
 * pattern survives. Panels are `[steps, simulations]` row-major; each body reads and writes one panel alone.
 */
export interface PanelBody {
  /** The mode's number in the frame. */
  readonly id: number;

  /** Fewest bytes this panel can take. */
  minBytes(simulations: number, steps: number): number;

  /** Most bytes this panel can take. */
  maxBytes(simulations: number, steps: number): number;

  /**
   * @param words exactly `steps * simulations` values
   * @param target 4-byte aligned, with room for `maxBytes`
   * @param decimals most of them with which the values were written, where that is known
   * @returns how many bytes of `target` were written
   */
  encode(
    words: Int32Array,
    simulations: number,
    steps: number,
    target: Uint8Array,
    decimals?: number,
  ): number;

  /**
   * @param bytes at any alignment, of a length between `minBytes` and `maxBytes`
   * @param steps of the whole panel
   * @param wanted the steps to decode
   * @param words exactly those of the wanted steps; undefined content after a failure
   * @throws {CodecError} `damaged` when the bytes are no such panel
   */
  decode(
    bytes: Uint8Array,
    simulations: number,
    steps: number,
    wanted: PanelSteps,
    words: Int32Array,
  ): void;
}

/** Bytes of a panel's values. */
export function panelValueBytes(simulations: number, steps: number): number {
  return simulations * steps * Int32Array.BYTES_PER_ELEMENT;
}

/** The bytes that hold `words`. */
export function bytesOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
