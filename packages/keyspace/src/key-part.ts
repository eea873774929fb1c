import { KeyspaceError } from "./keyspace-error.ts";

// The escape must keep the order of bytes, so one escape character is not enough: what lies below the safe characters
// needs one below them (`!`), what lies above needs one above them (`~`). The slash lies among them; it becomes a dot
// followed by something greater than anything else that may follow a dot.
const LOW_MAX = 0x23; // '#': it and everything below becomes !XX
const HIGH_MIN = 0x7e; // '~': it and everything above becomes ~XX
const SLASH = 0x2f;
const SLASH_ESCAPE = ".~~";

const plain = /^[\x24-\x2e\x30-\x7d]*$/;
const token = /\.~~|!([01][0-9A-F]|2[0-3])|~(7[EF]|[89A-F][0-9A-F])|[\x24-\x2e\x30-\x7d]/y;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Writes any text as printable ASCII (0x21 to 0x7e) without `#` and `/`, the separators of keys.
 *
 * Injective, and order is kept exactly: `escapeKeyPart(a) < escapeKeyPart(b)` if and only if the UTF-8 bytes of `a` are
 * below those of `b` (the order of code points; JavaScript's own `<` on strings differs above U+FFFF). Characters `$` to
 * `}` stay, except the slash. A byte up to `#` becomes `!XX`, a byte from `~` on becomes `~XX`, a slash becomes `.~~`.
 * The result is at most three times as long as the UTF-8 bytes.
 *
 * @throws {KeyspaceError} `invalid-argument` for text with a lone surrogate
 */
export function escapeKeyPart(text: string): string {
  if (plain.test(text)) return text;
  if (!text.isWellFormed()) {
    throw new KeyspaceError(
      "invalid-argument",
      `key part has a lone surrogate text=${JSON.stringify(text)}`,
    );
  }
  let escaped = "";
  for (const byte of encoder.encode(text)) {
    if (byte <= LOW_MAX) escaped += `!${hex(byte)}`;
    else if (byte >= HIGH_MIN) escaped += `~${hex(byte)}`;
    else if (byte === SLASH) escaped += SLASH_ESCAPE;
    else escaped += String.fromCharCode(byte);
  }
  return escaped;
}

/**
 * The text that {@link escapeKeyPart} wrote as `escaped`.
 *
 * @throws {KeyspaceError} `malformed` for anything `escapeKeyPart` does not write: a separator, an unneeded or cut
 *   escape, bytes that are not UTF-8
 */
export function unescapeKeyPart(escaped: string): string {
  // A dot is the only safe character that may open an escape, and every escape has `!` or `~`.
  if (plain.test(escaped)) return escaped;
  const bytes = new Uint8Array(escaped.length);
  let length = 0;
  token.lastIndex = 0;
  for (let at = 0; at < escaped.length; at = token.lastIndex) {
    const match = token.exec(escaped);
    if (match === null) throw malformed(escaped);
    const [whole, low, high] = match;
    const digits = low ?? high;
    if (digits !== undefined) bytes[length] = Number.parseInt(digits, 16);
    else if (whole === SLASH_ESCAPE) bytes[length] = SLASH;
    else bytes[length] = whole.charCodeAt(0);
    length += 1;
  }
  try {
    return decoder.decode(bytes.subarray(0, length));
  } catch (cause) {
    throw malformed(escaped, cause);
  }
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

function malformed(escaped: string, cause?: unknown): KeyspaceError {
  return new KeyspaceError("malformed", `not an escaped key part text=${JSON.stringify(escaped)}`, {
    cause,
  });
}
