import type { RejectionReason } from "./answer.ts";
import { pythonFloatCharacters } from "./python-float-text.ts";

/** Most characters of a price's Python text, the point not counted. */
export const MAX_PRICE_CHARACTERS = 8;

/** Largest digit count of the text of a price below 1, the `0` before the point included. */
const MAX_DECIMALS = MAX_PRICE_CHARACTERS - 1;

const powersOfTen = Float64Array.from({ length: 9 }, (_, power) => 10 ** power);

/** What is wrong with a price. */
export interface PriceFault {
  readonly reason: RejectionReason;
  readonly message: string;
}

/**
 * Judges a price that came as a floating point number.
 *
 * @returns the first rule it breaks, or `undefined`
 */
export function floatPriceFault(value: number): PriceFault | undefined {
  if (hasShortDecimalText(value)) return undefined;
  const characters = pythonFloatCharacters(value);
  if (characters > MAX_PRICE_CHARACTERS) return tooLong(characters);
  return valueFault(value);
}

/**
 * Judges a price that came as an integer.
 *
 * @param value the integer, or its nearest double
 * @param characters length of its decimal text, a minus sign included
 * @returns the first rule it breaks, or `undefined`
 */
export function integerPriceFault(value: number, characters: number): PriceFault | undefined {
  if (characters > MAX_PRICE_CHARACTERS) return tooLong(characters);
  return valueFault(value);
}

/**
 * A shortcut for what most prices are: `true` only for positive values whose Python text is a plain decimal of at most 8
 * digits, found without making the text.
 *
 * From 1e-4 to 1e7 that text is a plain decimal, one or more digits before the point and after it. With `w` digits before
 * the point it has at most 8 exactly when some whole `m` makes `m / 10^(8 - w)` read back as the value, since the text
 * is the shortest decimal that does; the division rounds once, as reading the decimal does. Such values are far inside
 * what float32 can hold.
 */
function hasShortDecimalText(value: number): boolean {
  if (!(value >= 1e-4 && value < 1e7)) return false;
  let decimals = MAX_DECIMALS;
  for (let bound = 10; value >= bound; bound *= 10) decimals -= 1;
  const power = powersOfTen[decimals] as number;
  return Math.round(value * power) / power === value;
}

function valueFault(value: number): PriceFault | undefined {
  if (!Number.isFinite(value)) {
    return { reason: "price_not_finite", message: `price is not finite price=${value}` };
  }
  if (value <= 0) {
    return { reason: "price_not_positive", message: `price is not positive price=${value}` };
  }
  const single = Math.fround(value);
  if (single === 0 || single === Number.POSITIVE_INFINITY) {
    return { reason: "price_out_of_range", message: `price does not fit float32 price=${value}` };
  }
  return undefined;
}

function tooLong(characters: number): PriceFault {
  return {
    reason: "price_too_many_digits",
    message: `price has too many characters limit=${MAX_PRICE_CHARACTERS} characters=${characters}`,
  };
}
