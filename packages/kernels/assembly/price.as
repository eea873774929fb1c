/**
 * Prices of answers in JSON: what nearly all of them are, plain decimals of at most 8 digits. Addresses come from the
 * caller: the text ends with a byte that is no digit, and behind it at least 32 more bytes of memory may be read.
 */

/** More than a price has. */
const MOST_DIGITS: u32 = 8;

let points: u32 = 0;

/** How many prices the last call of `readPrices` stored. */
export function pointCount(): u32 {
  return points;
}

/** The number that `count` digits make, 1 to 8, of which the first is the lowest byte. */
@inline
function numberOf(digits: u64, count: u32): u32 {
  // Digits that are missing in front become zeros; then pairs, fours and all eight are put together.
  const eight = (digits << (64 - ((<u64>count) << 3))) & 0x0f0f0f0f0f0f0f0f;
  const pairs = ((eight * 2561) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * 6553601) >> 16) & 0x0000ffff0000ffff;
  return <u32>((fours * 42949672960001) >> 32);
}

/**
 * Reads prices that are separated by a comma, with or without one space behind it, up to the first that is not plain: of
 * other notation, with more digits, zero, or with other bytes behind it than a comma, or than a bracket behind the last.
 *
 * @param text the first price
 * @param column where it goes; the next ones go `stride` bytes further each
 * @param steps the most prices
 * @param powers nine float64: 1, 10, 100, …
 * @returns the address of the price that was not stored; when all were, that of the byte behind the bracket
 */
export function readPrices(
  text: usize,
  column: usize,
  stride: usize,
  steps: u32,
  powers: usize,
): usize {
  let at = text;
  let target = column;
  let point: u32 = 0;
  for (; point < steps; point += 1) {
    const bytes = v128.load(at);
    // Digits are the least of all numbers once the byte of zero is. A bit for each byte that is none, and more behind.
    const ones = i8x16.sub(bytes, i8x16.splat(0x30));
    const others = ~i8x16.bitmask(i8x16.eq(i8x16.min_u(ones, i8x16.splat(9)), ones));
    const spaces = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x20)));
    const isLast = point + 1 == steps;
    const whole = <u32>ctz(others);
    if (whole == 0 || whole > MOST_DIGITS) break;
    let digits = i64x2.extract_lane(bytes, 0);
    let length = whole;
    let count = whole;
    if (load<u8>(at + whole) == 0x2e) {
      length = <u32>ctz(others & (others - 1));
      count = length - 1;
      if (count == whole || count > MOST_DIGITS) break;
      const front = ((<u64>1) << (<u64>(whole << 3))) - 1;
      digits = (digits & front) | (load<u64>(at + 1) & ~front);
    }
    if (whole > 1 && (<u8>digits) == 0x30) break;
    const number = numberOf(digits, count);
    if (number == 0) break;
    if (load<u8>(at + length) != <u8>(isLast ? 0x5d : 0x2c)) break;
    store<f32>(target, <f32>(<f64>number / load<f64>(powers + <usize>((count - whole) << 3))));
    target += stride;
    at += <usize>(length + 1 + ((spaces >> (length + 1)) & <i32>!isLast));
  }
  points = point;
  return at;
}
