import { priceKernel } from "./generated/price-kernel.ts";
import { canRunKernel, instantiateKernel } from "./instantiate-kernel.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** Bytes behind a text that may be read. */
export const TEXT_SLACK_BYTES = 32;

/** Powers of ten that prices are divided by. */
export const PRICE_POWERS = 9;

/** Most digits of a price that a kernel reads. */
const MOST_DIGITS = 8;

/** Paths that `readPaths` reads at once. */
export const PATHS_AT_ONCE = 4;

/** Bytes that {@link writePricePlaces} writes. */
export const PRICE_PLACES_BYTES: number = MOST_DIGITS * MOST_DIGITS * 16;

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

  /** How many prices the last call of `readPrices` stored. */
  pointCount(): number;

  /**
   * Reads {@link PATHS_AT_ONCE} whole paths of such prices, which are separated as prices are; in half the time.
   *
   * @param text the bracket that opens the first path
   * @param end of the text, which is as that of `readPrices`
   * @param column where the first path goes, with the others right behind it; the next prices go `stride` bytes further
   * @param steps the prices of each path, at least 1
   * @param powers as for `readPrices`
   * @param places {@link PRICE_PLACES_BYTES} that {@link writePricePlaces} wrote
   * @returns the address behind the bracket that closes the last path; 0 when not all is so, and then the column has any
   *   values
   */
  readPaths(
    text: number,
    end: number,
    column: number,
    stride: number,
    steps: number,
    powers: number,
    places: number,
  ): number;

  /** The most digits that one of the prices of the last call has behind its point, of those that it stored. */
  mostDecimals(): number;
}

/** Writes where the digits of prices are, by how many of them are before the point and how many there are. */
export function writePricePlaces(places: Uint8Array): void {
  places.fill(255);
  for (let whole = 1; whole <= MOST_DIGITS; whole += 1) {
    for (let count = whole; count <= MOST_DIGITS; count += 1) {
      const entry = 16 * (MOST_DIGITS * (whole - 1) + count - 1);
      for (let digit = 0; digit < count; digit += 1) {
        places[entry + MOST_DIGITS - count + digit] = digit < whole ? digit : digit + 1;
      }
    }
  }
}

/** `true` where {@link loadPriceKernel} gives one. */
export function hasPriceKernel(): boolean {
  return canRunKernel(priceKernel);
}

/** The kernel on `memory`, or `undefined` where WebAssembly or its vectors are missing. */
export function loadPriceKernel(memory: KernelMemory): PriceKernel | undefined {
  return instantiateKernel(priceKernel, memory) as unknown as PriceKernel | undefined;
}
