/**
 * Finds the ends of JSON tokens in bytes, without making values of them.
 *
 * Every function takes the offset to start at and returns the offset behind what it read. Where the bytes are not JSON
 * (RFC 8259) it returns a negative number, the complement `~offset` of the offset of the first byte that does not fit. As
 * Python's reader does, `NaN`, `Infinity` and `-Infinity` pass as values. Nothing here throws or allocates.
 *
 * @module
 */

/** Deepest nesting of a value that is skipped. An answer needs 2, and no reader of it should need a deep stack. */
export const MAX_JSON_DEPTH = 64;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
export const QUOTE = 0x22;
const PLUS = 0x2b;
export const COMMA = 0x2c;
const MINUS = 0x2d;
export const POINT = 0x2e;
export const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const UPPER_E = 0x45;
const LOWER_A = 0x61;
export const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** The literals by their first byte. */
const literals: ReadonlyMap<number | undefined, string> = new Map(
  ["null", "true", "false", "NaN", "Infinity", "-Infinity"].map((text) => [
    text.charCodeAt(0),
    text,
  ]),
);

const kinds: ReadonlyMap<number | undefined, JsonKind> = new Map([
  [OPEN_BRACKET, "array"],
  [OPEN_BRACE, "object"],
  [QUOTE, "text"],
  [LOWER_N, "null"],
  [LOWER_T, "boolean"],
  [LOWER_F, "boolean"],
]);

/** Escapes of a string: what may follow a backslash, `u` aside. */
const escapes = new Set(Array.from('"\\/bfnrt', (character) => character.charCodeAt(0)));

/** What a JSON value is. NaN and the infinities are numbers. */
export type JsonKind = "null" | "boolean" | "number" | "text" | "array" | "object";

/** The kind of the value at `at`, told from its first byte. A byte that starts no value counts as a number. */
export function kindAt(bytes: Uint8Array, at: number): JsonKind {
  return kinds.get(bytes[at]) ?? "number";
}

/** The offset of the first byte from `at` on that is no whitespace, at most the length. */
export function skipWhitespace(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && isWhitespace(bytes[next] as number)) next += 1;
  return next;
}

/** The offset of the last byte that is no whitespace; -1 when there is none. */
export function lastByteAt(bytes: Uint8Array): number {
  let last = bytes.length - 1;
  while (last >= 0 && isWhitespace(bytes[last] as number)) last -= 1;
  return last;
}

function isWhitespace(byte: number): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Reads a number: `-0.5e+10`. Not NaN and the infinities. */
function skipNumber(bytes: Uint8Array, at: number): number {
  let next = bytes[at] === MINUS ? at + 1 : at;
  if (bytes[next] === ZERO) {
    next += 1;
  } else {
    next = skipDigits(bytes, next);
    if (next < 0) return next;
  }
  if (bytes[next] === POINT) {
    next = skipDigits(bytes, next + 1);
    if (next < 0) return next;
  }
  if (isExponentMark(bytes[next])) {
    next += 1;
    if (bytes[next] === PLUS || bytes[next] === MINUS) next += 1;
    next = skipDigits(bytes, next);
  }
  return next;
}

/** Whether the value from `start` to `end` is an integer: a number without point and exponent. */
export function isIntegerToken(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = bytes[start] === MINUS ? start + 1 : start; at < end; at += 1) {
    if (!isDigit(bytes[at])) return false;
  }
  return true;
}

/** Reads a string with its quotes. Its bytes need not be UTF-8. */
export function skipString(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return ~at;
  for (let next = at + 1; next < bytes.length; next += 1) {
    const byte = bytes[next] as number;
    if (byte === QUOTE) return next + 1;
    if (byte < SPACE) return ~next;
    if (byte === BACKSLASH) {
      next = skipEscape(bytes, next + 1);
      if (next < 0) return next;
    }
  }
  return ~bytes.length;
}

/** Reads `null`, `true`, `false`, `NaN`, `Infinity` or `-Infinity`. */
function skipLiteral(bytes: Uint8Array, at: number): number {
  const literal = literals.get(bytes[at]) ?? "";
  for (let index = 0; index < literal.length; index += 1) {
    if (bytes[at + index] !== literal.charCodeAt(index)) return ~(at + index);
  }
  return literal === "" ? ~at : at + literal.length;
}

/**
 * Reads any value; whitespace before it is not accepted.
 *
 * @param depth containers around the value
 */
export function skipValue(bytes: Uint8Array, at: number, depth = 0): number {
  const byte = bytes[at];
  if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
    return depth === MAX_JSON_DEPTH ? ~at : skipContainer(bytes, at, depth + 1);
  }
  if (byte === QUOTE) return skipString(bytes, at);
  if (isDigit(byte)) return skipNumber(bytes, at);
  if (byte === MINUS && isDigit(bytes[at + 1])) return skipNumber(bytes, at);
  return skipLiteral(bytes, at);
}

function skipContainer(bytes: Uint8Array, at: number, depth: number): number {
  const isObject = bytes[at] === OPEN_BRACE;
  const close = isObject ? CLOSE_BRACE : CLOSE_BRACKET;
  let next = skipWhitespace(bytes, at + 1);
  if (bytes[next] === close) return next + 1;
  for (;;) {
    if (isObject) next = skipName(bytes, next);
    if (next >= 0) next = skipValue(bytes, next, depth);
    if (next < 0) return next;
    next = skipWhitespace(bytes, next);
    if (bytes[next] === close) return next + 1;
    if (bytes[next] !== COMMA) return ~next;
    next = skipWhitespace(bytes, next + 1);
  }
}

/** Reads the name of a member, its colon and the whitespace up to the value. */
export function skipName(bytes: Uint8Array, at: number): number {
  let next = skipString(bytes, at);
  if (next < 0) return next;
  next = skipWhitespace(bytes, next);
  return bytes[next] === COLON ? skipWhitespace(bytes, next + 1) : ~next;
}

/** Reads the four digits of `\uXXXX` or the one character after the backslash; returns the offset of the last. */
function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte !== LOWER_U) return byte !== undefined && escapes.has(byte) ? at : ~at;
  for (let digit = at + 1; digit <= at + 4; digit += 1) {
    if (!isHexDigit(bytes[digit])) return ~digit;
  }
  return at + 4;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isDigit(bytes[next])) next += 1;
  return next === at ? ~at : next;
}

function isExponentMark(byte: number | undefined): boolean {
  return byte === LOWER_E || byte === UPPER_E;
}

function isHexDigit(byte: number | undefined): boolean {
  // Bit 5 makes a letter lower case.
  const lower = (byte ?? 0) | 0x20;
  return isDigit(byte) || (lower >= LOWER_A && lower <= LOWER_F);
}
