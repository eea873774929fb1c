import { tileKernel } from "./generated/tile-kernel.ts";
import { canRunKernel, instantiateKernel } from "./instantiate-kernel.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Bytes that must be there, to be read and overwritten, behind a body and behind words that are packed. */
export const BLOCK_BYTES = 512;

/**
 * Panels of float32 tiles, packed and unpacked. Arguments are addresses in the kernel's memory and sizes; nothing is
 * checked here. `assembly/tile.as` is the source, docs/formats/tile-frame-v1.md the format.
 */
export interface TileKernel {
  /**
   * Finds every step's base and width and writes them to the head of `body`.
   *
   * @param zeros `simulations` zeros, and {@link BLOCK_BYTES} of zeros more
   * @returns the length of the packed panel in bytes
   */
  measurePanel(
    words: number,
    simulations: number,
    steps: number,
    body: number,
    zeros: number,
  ): number;

  /**
   * Packs a panel behind the head that `measurePanel` wrote.
   *
   * @param tail {@link BLOCK_BYTES} to work in
   */
  packPanel(
    words: number,
    simulations: number,
    steps: number,
    body: number,
    zeros: number,
    tail: number,
  ): void;

  /**
   * Unpacks the steps `first` ≤ step < `end` of a panel whose widths and length have been checked; writes to `words` and
   * `tail` only.
   *
   * @param steps of the whole panel
   */
  unpackPanel(
    body: number,
    simulations: number,
    steps: number,
    first: number,
    end: number,
    words: number,
    tail: number,
  ): void;

  /**
   * Floats to the integers nearest to `float * power`, ties to even.
   *
   * @returns 1 when `integer * unit` gives back the bits of each, 0 when not
   */
  floatsToDecimals(
    words: number,
    count: number,
    power: number,
    unit: number,
    target: number,
  ): number;

  /** Integers to the float32 nearest to `integer * unit`, in place. */
  decimalsToFloats(words: number, count: number, unit: number): void;
}

/** `true` where {@link loadTileKernel} gives one. */
export function hasTileKernel(): boolean {
  return canRunKernel(tileKernel);
}

/** The kernel on `memory`, or `undefined` where WebAssembly or its vectors are missing. */
export function loadTileKernel(memory: KernelMemory): TileKernel | undefined {
  return instantiateKernel(tileKernel, memory) as unknown as TileKernel | undefined;
}
