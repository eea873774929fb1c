import { KeyspaceError } from "./keyspace-error.ts";

/** 10^15 - 1 is the greatest run of nines that a number holds exactly. */
const MAX_DIGITS = 15;

/**
 * Writes a whole number as `digits` decimal digits with leading zeros, so that the order of texts is the order of numbers.
 *
 * @param digits 1 to 15
 * @throws {KeyspaceError} `invalid-argument` for a value that is negative, not whole, or needs more digits
 */
export function fixedWidth(value: number, digits: number): string {
  checkFits(value, digits);
  return value.toString().padStart(digits, "0");
}

/**
 * The number that {@link fixedWidth} wrote.
 *
 * @throws {KeyspaceError} `malformed` unless `text` is exactly `digits` decimal digits
 */
export function parseFixedWidth(text: string, digits: number): number {
  endOf(digits);
  if (text.length !== digits || !/^[0-9]+$/.test(text)) {
    throw new KeyspaceError(
      "malformed",
      `not a number of fixed width text=${JSON.stringify(text)} digits=${digits}`,
    );
  }
  return Number(text);
}

/**
 * Writes a whole number as `digits` decimal digits whose order is reversed: the greater the value, the lower the text.
 * A scan in key order then meets the newest first.
 *
 * @param digits 1 to 15
 * @throws {KeyspaceError} `invalid-argument` as {@link fixedWidth}
 */
export function descending(value: number, digits: number): string {
  checkFits(value, digits);
  return (endOf(digits) - 1 - value).toString().padStart(digits, "0");
}

/**
 * The number that {@link descending} wrote.
 *
 * @throws {KeyspaceError} `malformed` unless `text` is exactly `digits` decimal digits
 */
export function parseDescending(text: string, digits: number): number {
  return endOf(digits) - 1 - parseFixedWidth(text, digits);
}

function checkFits(value: number, digits: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= endOf(digits)) {
    throw new KeyspaceError(
      "invalid-argument",
      `number does not fit its width value=${value} digits=${digits}`,
    );
  }
}

/** One above the greatest value of `digits` digits. */
function endOf(digits: number): number {
  if (!Number.isInteger(digits) || digits < 1 || digits > MAX_DIGITS) {
    throw new KeyspaceError(
      "invalid-argument",
      `width must be a whole number from 1 to ${MAX_DIGITS} digits=${digits}`,
    );
  }
  return 10 ** digits;
}
