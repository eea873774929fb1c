/**
 * Prices as multiples of a power of ten. Where every value of a panel is one, differences of the multiples need fewer
 * bits than differences of float bits.
 *
 * @module
 */

/** Most digits after the point. */
export const MOST_DECIMALS = 9;

/** The lattice byte of panels whose integers are the float bits themselves. */
export const FLOAT_BITS = 255;

const powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;
/** The binary64 numbers nearest to 10^-decimals. */
const units = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9] as const;

/** Adding and subtracting it rounds numbers below 2^51 to integers, ties to even, as vectors do. */
const ROUNDING = 1.5 * 2 ** 52;

/** Values that are tried before all of them are. */
const SAMPLES = 32;

/** 10^decimals, for `decimals` from 0 to {@link MOST_DECIMALS}. */
export function powerOf(decimals: number): number {
  return powers[decimals] as number;
}

/** The binary64 nearest to 10^-decimals. */
export function unitOf(decimals: number): number {
  return units[decimals] as number;
}

/**
 * Turns float bits into integers.
 *
 * @param target as long as `words`
 * @returns `true` when each of the integers gives back the very bits; `target` is undefined otherwise
 */
export function floatsToDecimals(words: Int32Array, decimals: number, target: Int32Array): boolean {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const back = new Float32Array(1);
  const backBits = new Int32Array(back.buffer, 0, 1);
  const power = powerOf(decimals);
  const unit = unitOf(decimals);
  for (let index = 0; index < words.length; index += 1) {
    const integer = nearestInteger((floats[index] as number) * power);
    target[index] = integer;
    back[0] = integer * unit;
    if (backBits[0] !== words[index]) return false;
  }
  return true;
}

/** Turns integers into the float32 nearest to `integer * unit`, in place. */
export function decimalsToFloats(words: Int32Array, decimals: number): void {
  const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
  const unit = unitOf(decimals);
  for (let index = 0; index < words.length; index += 1) {
    floats[index] = (words[index] as number) * unit;
  }
}

/**
 * The fewest decimals that all values of a panel have.
 *
 * @param fits tries all values; called only for what fits some of them
 * @param written most decimals with which the values were written, where that is known: if some need all of them, no others
 *   are tried
 * @returns `undefined` when none will do
 */
export function findDecimals(
  words: Int32Array,
  fits: (decimals: number) => boolean,
  written?: number,
): number | undefined {
  const step = Math.max(1, Math.floor(words.length / SAMPLES));
  const sample = Int32Array.from(
    { length: Math.ceil(words.length / step) },
    (_, index) => words[index * step] as number,
  );
  const integers = new Int32Array(sample.length);
  if (written !== undefined && written <= MOST_DECIMALS) {
    const needsAll = written === 0 || !floatsToDecimals(sample, written - 1, integers);
    if (needsAll && fits(written)) return written;
  }
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals += 1) {
    if (floatsToDecimals(sample, decimals, integers) && fits(decimals)) return decimals;
  }
  return undefined;
}

/** Rounded, NaN made 0, and kept inside int32. */
function nearestInteger(value: number): number {
  // Larger numbers than the trick can round are outside int32 anyway.
  const rounded = value + ROUNDING - ROUNDING;
  return Math.max(-0x8000_0000, Math.min(0x7fff_ffff, rounded)) | 0;
}
