import { POINT, ZERO } from "./json-scan.ts";

/** Every integer of so many digits is a double: 10^15 is below 2^53. */
const MAX_EXACT_LENGTH = 15;

/** Powers of ten, each exact as a double. */
const powersOfTen = Float64Array.from({ length: MAX_EXACT_LENGTH }, (_, power) => 10 ** power);

const decoder = new TextDecoder();

/**
 * The double nearest to a JSON number, as `JSON.parse` reads it.
 *
 * A plain decimal of up to 15 characters is the quotient of two doubles that are exact, so one division rounds it right
 * (William D. Clinger, "How to Read Floating Point Numbers Accurately", 1990). The others are read by the engine.
 *
 * @param bytes the number, complete and well formed, from `start` to before `end`; NaN and the infinities are read too
 */
export function decimalValue(bytes: Uint8Array, start: number, end: number): number {
  let mantissa = 0;
  let pointAt = end - 1;
  if (end - start > MAX_EXACT_LENGTH) return readByEngine(bytes, start, end);
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === POINT) {
      pointAt = at;
    } else {
      const digit = byte - ZERO;
      // A sign or an exponent.
      if (digit < 0 || digit > 9) return readByEngine(bytes, start, end);
      mantissa = mantissa * 10 + digit;
    }
  }
  return mantissa / (powersOfTen[end - 1 - pointAt] as number);
}

function readByEngine(bytes: Uint8Array, start: number, end: number): number {
  return Number(decoder.decode(bytes.subarray(start, end)));
}
