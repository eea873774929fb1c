import type { AnswerRoom } from "./answer-room.ts";
import { decimalValue } from "./decimal-value.ts";
import {
  CLOSE_BRACKET,
  COMMA,
  isIntegerToken,
  kindAt,
  LOWER_E,
  POINT,
  skipValue,
  skipWhitespace,
  UPPER_E,
  ZERO,
} from "./json-scan.ts";
import type { PathColumn, PredictionBuilder } from "./prediction-builder.ts";
import { MAX_PRICE_CHARACTERS } from "./price-rules.ts";

/** Containers around a price: the answer and its path. */
const PRICE_DEPTH = 2;

const powersOfTen = Float64Array.from({ length: MAX_PRICE_CHARACTERS }, (_, power) => 10 ** power);

/**
 * Reads one path, from behind its `[` to behind its `]`, and tells `builder`.
 *
 * @param bytes a digit may not be the last of them
 * @param room where the bytes and the tile are, when they are in one
 * @returns the offset behind the path, or the complement of the offset where the bytes are not JSON
 */
export function readJsonPath(
  bytes: Uint8Array,
  at: number,
  builder: PredictionBuilder,
  room?: AnswerRoom,
): number {
  const column = builder.beginPath();
  let next = skipWhitespace(bytes, at);
  let count = 0;
  const read = column && room?.readPrices(bytes, next, column);
  if (read !== undefined) {
    ({ count, next } = read);
    builder.digitsBehindPoint(read.decimals);
    if (count === column?.steps) {
      builder.endPath(count);
      return next;
    }
    next = skipWhitespace(bytes, next);
  }
  // Behind a comma there must be a price.
  if (count > 0 || bytes[next] !== CLOSE_BRACKET) {
    for (;;) {
      // Once the path's fate is known its points are only counted.
      next =
        column !== undefined && count < column.steps && builder.pathIsGood
          ? readPrice(bytes, next, count, column, builder)
          : skipValue(bytes, next, PRICE_DEPTH);
      if (next < 0) return next;
      count += 1;
      if (bytes[next] !== COMMA) {
        next = skipWhitespace(bytes, next);
        if (bytes[next] === CLOSE_BRACKET) break;
        if (bytes[next] !== COMMA) return ~next;
      }
      next = skipWhitespace(bytes, next + 1);
    }
  }
  builder.endPath(count);
  return next + 1;
}

/**
 * Reads one price. Nearly all are plain decimals of at most 8 digits, and one that is not zero keeps every rule: its
 * Python text has no more digits than the token (below 1e-4, where that text has an exponent, at most 3 of the 8 digits
 * are not leading zeros), and it is far inside float32. Such a price goes straight into the tile; its mantissa and its
 * power of ten are exact, so the division rounds as reading the text would. The rules judge the others.
 */
function readPrice(
  bytes: Uint8Array,
  at: number,
  point: number,
  column: PathColumn,
  builder: PredictionBuilder,
): number {
  let next = at;
  let mantissa = 0;
  let digit = (bytes[next] as number) ^ ZERO;
  while (digit < 10) {
    // Wraps for long tokens, which are then too long for this way.
    mantissa = (Math.imul(mantissa, 10) + digit) | 0;
    next += 1;
    digit = (bytes[next] as number) ^ ZERO;
  }
  const whole = next - at;
  let decimals = 0;
  if (digit === (POINT ^ ZERO)) {
    next += 1;
    digit = (bytes[next] as number) ^ ZERO;
    const pointEnd = next;
    while (digit < 10) {
      mantissa = (Math.imul(mantissa, 10) + digit) | 0;
      next += 1;
      digit = (bytes[next] as number) ^ ZERO;
    }
    decimals = next - pointEnd;
    if (decimals === 0) return readOddPrice(bytes, at, point, builder);
  }
  if (
    whole === 0 ||
    (whole > 1 && bytes[at] === ZERO) ||
    whole + decimals > MAX_PRICE_CHARACTERS ||
    mantissa === 0 ||
    digit === (LOWER_E ^ ZERO) ||
    digit === (UPPER_E ^ ZERO)
  ) {
    return readOddPrice(bytes, at, point, builder);
  }
  builder.digitsBehindPoint(decimals);
  column.tile[column.first + point * column.stride] = mantissa / (powersOfTen[decimals] as number);
  return next;
}

function readOddPrice(
  bytes: Uint8Array,
  at: number,
  point: number,
  builder: PredictionBuilder,
): number {
  const end = skipValue(bytes, at, PRICE_DEPTH);
  if (end < 0) return end;
  const kind = kindAt(bytes, at);
  if (kind !== "number") builder.otherPrice(point, kind);
  else if (isIntegerToken(bytes, at, end)) {
    builder.integerPrice(point, decimalValue(bytes, at, end), end - at);
  } else {
    builder.floatPrice(point, decimalValue(bytes, at, end));
  }
  return end;
}
