/**
 * Prices of answers in JSON: what nearly all of them are, plain decimals of at most 8 digits. Addresses come from the
 * caller: the text ends with a byte that is no digit, and behind it at least 32 more bytes of memory may be read.
 */

/** More than a price has. */
const MOST_DIGITS: u32 = 8;

const SPACE: u32 = 0x20;
const COMMA: u32 = 0x2c;
const POINT: u8 = 0x2e;
const OPEN_BRACKET: u8 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;

let points: u32 = 0;
let mostPower: f64 = 1;

/** How many prices the last call of `readPrices` stored. */
export function pointCount(): u32 {
  return points;
}

/** The most digits behind a point that the last call met, in prices that it stored. */
export function mostDecimals(): u32 {
  let decimals: u32 = 0;
  for (let power: f64 = 1; power < mostPower; power *= 10) decimals += 1;
  return decimals;
}

/** A bit for each byte that is no digit, and more behind. `ones` are the bytes less that of zero: digits are the least. */
@inline
function othersOf(ones: v128): u32 {
  return ~i8x16.bitmask(i8x16.eq(i8x16.min_u(ones, i8x16.splat(9)), ones));
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
  let most: f64 = 1;
  for (; point < steps; point += 1) {
    const bytes = v128.load(at);
    const others = othersOf(i8x16.sub(bytes, i8x16.splat(0x30)));
    const spaces = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x20)));
    const isLast = point + 1 == steps;
    const whole = <u32>ctz(others);
    if (whole == 0 || whole > MOST_DIGITS) break;
    let digits = i64x2.extract_lane(bytes, 0);
    let length = whole;
    let count = whole;
    if (load<u8>(at + whole) == POINT) {
      length = <u32>ctz(others & (others - 1));
      count = length - 1;
      if (count == whole || count > MOST_DIGITS) break;
      const front = ((<u64>1) << (<u64>(whole << 3))) - 1;
      digits = (digits & front) | (load<u64>(at + 1) & ~front);
    }
    if (whole > 1 && (<u8>digits) == 0x30) break;
    const number = numberOf(digits, count);
    if (number == 0) break;
    if (load<u8>(at + length) != <u8>(isLast ? CLOSE_BRACKET : COMMA)) break;
    const power = load<f64>(powers + <usize>((count - whole) << 3));
    most = max(most, power);
    store<f32>(target, <f32>(<f64>number / power));
    target += stride;
    at += <usize>(length + 1 + ((spaces >> (length + 1)) & <i32>!isLast));
  }
  points = point;
  mostPower = most;
  return at;
}

/** The address behind the bracket that opens the path behind the one at `at`; 0 when there is something else. */
function nextPath(at: usize, end: usize): usize {
  const bracket = i8x16.splat(<i8>CLOSE_BRACKET);
  let found: u32 = 0;
  let from = at;
  for (; from < end; from += 16) {
    found = i8x16.bitmask(i8x16.eq(v128.load(from), bracket));
    if (found != 0) break;
  }
  const close = from + <usize>ctz(found);
  if (found == 0 || load<u8>(close, 1) != <u8>COMMA) return 0;
  const open = close + 2 + <usize>(load<u8>(close, 2) == <u8>SPACE);
  return open < end && load<u8>(open) == OPEN_BRACKET ? open + 1 : 0;
}

/** How long a price is: up to its second byte that is no digit where the first one is a point. */
@inline
function lengthOf(others: u32, whole: u32, hasPoint: u32): u32 {
  return select<u32>(ctz(others & (others - 1)), whole, hasPoint);
}

/** Not 0 for a point without digits behind it, or a zero in front of another digit. */
@inline
function faultOf(at: usize, whole: u32, count: u32, hasPoint: u32): u32 {
  return (hasPoint ^ u32(count != whole)) | (u32(whole > 1) & u32(load<u8>(at) == 0x30));
}

/** Which bytes of a price are its digits: an entry of `places`. */
@inline
function placesOf(places: usize, whole: u32, count: u32): v128 {
  return v128.load(places + <usize>((((whole - 1) << 3) | (count - 1)) << 4));
}

/** Pairs of digits to fours, two prices of eight digits each. */
@inline
function foursOf(digits: v128): v128 {
  const tens = i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10));
  const pairs = i16x8.add(tens, i16x8.shr_u(digits, 8));
  return i32x4.dot_i16x8_s(pairs, i32x4.splat(0x0001_0064));
}

@inline
function powersOf(powers: usize, first: u32, second: u32): v128 {
  const low = v128.load64_zero(powers + <usize>(first << 3));
  return v128.load64_lane(powers + <usize>(second << 3), low, 1);
}

/**
 * Reads four whole paths at once, a price of each and then the next of each: one price alone is a long chain of steps that
 * wait for each other. All prices must be plain, as for `readPrices`; paths are separated as prices are.
 *
 * @param text the bracket that opens the first path
 * @param end of the text
 * @param column where the first path goes, with the others right behind it; the next prices go `stride` bytes further each
 * @param steps prices of each path, at least 1
 * @param powers nine float64: 1, 10, 100, …
 * @param places for each number of digits before the point and of all, 1 to 8: 16 bytes, of which the first 8 say where
 *   in a price its digits are, the last one last, and all others are 255
 * @returns the address behind the bracket that closes the last path; 0 when not all is plain
 */
export function readPaths(
  text: usize,
  end: usize,
  column: usize,
  stride: usize,
  steps: u32,
  powers: usize,
  places: usize,
): usize {
  let at0 = text + 1;
  let at1 = nextPath(at0, end);
  if (at1 == 0) return 0;
  let at2 = nextPath(at1, end);
  if (at2 == 0) return 0;
  let at3 = nextPath(at2, end);
  if (at3 == 0) return 0;
  const zeros = i8x16.splat(0x30);
  let target = column;
  let most = f64x2.splat(1);
  for (let left = steps; left > 0; left -= 1) {
    const separator = left == 1 ? CLOSE_BRACKET : COMMA;
    // Behind the last bracket there may be no more text: no byte is this space.
    const space: u32 = left == 1 ? 0x100 : SPACE;
    const ones0 = i8x16.sub(v128.load(at0), zeros);
    const ones1 = i8x16.sub(v128.load(at1), zeros);
    const ones2 = i8x16.sub(v128.load(at2), zeros);
    const ones3 = i8x16.sub(v128.load(at3), zeros);
    const others0 = othersOf(ones0);
    const others1 = othersOf(ones1);
    const others2 = othersOf(ones2);
    const others3 = othersOf(ones3);
    const whole0 = <u32>ctz(others0);
    const whole1 = <u32>ctz(others1);
    const whole2 = <u32>ctz(others2);
    const whole3 = <u32>ctz(others3);
    const point0 = u32(load<u8>(at0 + whole0) == POINT);
    const point1 = u32(load<u8>(at1 + whole1) == POINT);
    const point2 = u32(load<u8>(at2 + whole2) == POINT);
    const point3 = u32(load<u8>(at3 + whole3) == POINT);
    const length0 = lengthOf(others0, whole0, point0);
    const length1 = lengthOf(others1, whole1, point1);
    const length2 = lengthOf(others2, whole2, point2);
    const length3 = lengthOf(others3, whole3, point3);
    const count0 = length0 - point0;
    const count1 = length1 - point1;
    const count2 = length2 - point2;
    const count3 = length3 - point3;
    // Each is one digit at least, and none more than there may be: a number of 0 wraps around.
    const sizes0 = (whole0 - 1) | (count0 - 1) | (whole1 - 1) | (count1 - 1);
    const sizes2 = (whole2 - 1) | (count2 - 1) | (whole3 - 1) | (count3 - 1);
    if ((sizes0 | sizes2) >= MOST_DIGITS) return 0;
    const first = v128.shuffle<i64>(
      i8x16.swizzle(ones0, placesOf(places, whole0, count0)),
      i8x16.swizzle(ones1, placesOf(places, whole1, count1)),
      0,
      2,
    );
    const second = v128.shuffle<i64>(
      i8x16.swizzle(ones2, placesOf(places, whole2, count2)),
      i8x16.swizzle(ones3, placesOf(places, whole3, count3)),
      0,
      2,
    );
    const after0 = <u32>load<u16>(at0 + length0);
    const after1 = <u32>load<u16>(at1 + length1);
    const after2 = <u32>load<u16>(at2 + length2);
    const after3 = <u32>load<u16>(at3 + length3);
    const separators =
      ((after0 ^ separator) | (after1 ^ separator) | (after2 ^ separator) | (after3 ^ separator)) & 0xff;
    const faults0 = faultOf(at0, whole0, count0, point0) | faultOf(at1, whole1, count1, point1);
    const faults2 = faultOf(at2, whole2, count2, point2) | faultOf(at3, whole3, count3, point3);
    const firstFours = foursOf(first);
    const secondFours = foursOf(second);
    const numbers = i32x4.add(
      i32x4.mul(v128.shuffle<i32>(firstFours, secondFours, 0, 2, 4, 6), i32x4.splat(10000)),
      v128.shuffle<i32>(firstFours, secondFours, 1, 3, 5, 7),
    );
    if ((separators | faults0 | faults2) != 0 || !i32x4.all_true(numbers)) return 0;
    const lowPowers = powersOf(powers, count0 - whole0, count1 - whole1);
    const highPowers = powersOf(powers, count2 - whole2, count3 - whole3);
    most = f64x2.pmax(f64x2.pmax(most, lowPowers), highPowers);
    const highNumbers = v128.shuffle<i32>(numbers, numbers, 2, 3, 2, 3);
    const low = f64x2.div(f64x2.convert_low_i32x4_s(numbers), lowPowers);
    const high = f64x2.div(f64x2.convert_low_i32x4_s(highNumbers), highPowers);
    v128.store(
      target,
      v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2),
    );
    target += stride;
    at0 += <usize>(length0 + 1 + u32(after0 >> 8 == space));
    at1 += <usize>(length1 + 1 + u32(after1 >> 8 == space));
    at2 += <usize>(length2 + 1 + u32(after2 >> 8 == space));
    at3 += <usize>(length3 + 1 + u32(after3 >> 8 == space));
  }
  mostPower = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  return at3;
}
