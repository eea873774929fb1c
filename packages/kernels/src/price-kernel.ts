import { priceKernel } from "./generated/price-kernel.ts";
import { canRunKernel, instantiateKernel } from "./instantiate-kernel.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Bytes behind a text that may be read. */
export const TEXT_SLACK_BYTES = 32;

/** Powers of ten that `readPrices` divides by. */
export const PRICE_POWERS = 9;

/**
 * Prices of answers in JSON, read straight into a tile. Arguments are addresses in the kernel's memory and sizes; nothing
 * is checked here. `assembly/price.as` is the source, docs/validation.md has the rules.
 */
export interface PriceKernel {
  /**
   * Reads prices up to the first that is not a plain decimal of at most 8 digits, above zero, with a comma behind it and
   * at most one space behind that; behind the last there must be a bracket.
   *
   * @param text the first price; the text ends with a byte that is no digit, and has {@link TEXT_SLACK_BYTES} behind it
   * @param column where it goes as float32; the next ones go `stride` bytes further each
   * @param steps the most prices, at least 1
   * @param powers float64: the first {@link PRICE_POWERS} powers of ten, from 1 on
   * @returns the address of the price that was not stored; when all were, that of the byte behind the bracket
   */
  readPrices(text: number, column: number, stride: number, steps: number, powers: number): number;

  /** How many prices the last call stored. */
  pointCount(): number;
}

/** `true` where {@link loadPriceKernel} gives one. */
export function hasPriceKernel(): boolean {
  return canRunKernel(priceKernel);
}

/** The kernel on `memory`, or `undefined` where WebAssembly or its vectors are missing. */
export function loadPriceKernel(memory: KernelMemory): PriceKernel | undefined {
  return instantiateKernel(priceKernel, memory) as unknown as PriceKernel | undefined;
}
