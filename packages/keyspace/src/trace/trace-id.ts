import { compareUtf8 } from "../compare-utf8.ts";
import { KeyspaceError } from "../keyspace-error.ts";

/**
 * What tells one trace from the others: at least one key, each with a value. Keys are not empty, values may be; both
 * are any well-formed Unicode text. Only own enumerable properties count, and their order does not.
 */
export type TraceParams = Readonly<Record<string, string>>;

const encoder = new TextEncoder();

const plainText = /^[\x21-\x24\x26-\x2b\x2d-\x39\x3b\x3c\x3e-\x7e]*$/;
const idText = /^,[\x21-\x39\x3b-\x7e]+,$/;

/**
 * `,key=value,key=value,`: params as one text, which is the trace's name wherever one is written or read by people.
 *
 * Keys are in order of their UTF-8 bytes, so each map has one text and each text one map. Everything but printable
 * ASCII, and of that `%`, `,`, `:` and `=`, is written as `%XX` for each byte of its UTF-8 form, in upper case. So an id
 * has only characters that keys of stores take, and no `:`.
 *
 * @throws {KeyspaceError} `invalid-argument` for no params, an empty key, a value that is no text, a lone surrogate
 */
export function encodeTraceId(params: TraceParams): string {
  const keys = Object.keys(params).sort(compareUtf8);
  if (keys.length === 0) {
    throw new KeyspaceError("invalid-argument", "params must have at least one key");
  }
  let id = ",";
  for (const key of keys) {
    if (key === "") throw new KeyspaceError("invalid-argument", "key of params must not be empty");
    const value: unknown = params[key];
    if (typeof value !== "string") {
      throw new KeyspaceError(
        "invalid-argument",
        `value of params must be text key=${JSON.stringify(key)} type=${typeof value}`,
      );
    }
    id += `${escapeText(key)}=${escapeText(value)},`;
  }
  return id;
}

/**
 * The params that {@link encodeTraceId} wrote as `id`, in a fresh object with the keys in order.
 *
 * @throws {KeyspaceError} `malformed` for any other text: keys out of order or twice, a missing comma, an escape that
 *   is cut, in lower case or not needed, bytes that are not UTF-8
 */
export function decodeTraceId(id: string): Record<string, string> {
  if (!idText.test(id)) throw malformed(id);
  const pairs: [string, string][] = [];
  for (const pair of id.slice(1, -1).split(",")) {
    const middle = pair.indexOf("=");
    if (middle <= 0 || pair.includes("=", middle + 1)) throw malformed(id);
    const key = unescapeText(pair.slice(0, middle), id);
    const previous = pairs.at(-1)?.[0];
    if (previous !== undefined && compareUtf8(previous, key) >= 0) throw malformed(id);
    pairs.push([key, unescapeText(pair.slice(middle + 1), id)]);
  }
  return Object.fromEntries(pairs);
}

function escapeText(text: string): string {
  if (plainText.test(text)) return text;
  if (!text.isWellFormed()) {
    throw new KeyspaceError(
      "invalid-argument",
      `params have a lone surrogate text=${JSON.stringify(text)}`,
    );
  }
  let escaped = "";
  for (const byte of encoder.encode(text)) {
    const character = String.fromCharCode(byte);
    escaped += plainText.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

function unescapeText(escaped: string, id: string): string {
  if (!escaped.includes("%")) return escaped;
  let text: string;
  try {
    text = decodeURIComponent(escaped);
  } catch (cause) {
    throw malformed(id, cause);
  }
  // Refuses what could have been written otherwise: lower case, an escape for what needs none.
  if (escapeText(text) !== escaped) throw malformed(id);
  return text;
}

/** Of a text of any length, so only its beginning is told. */
function malformed(id: string, cause?: unknown): KeyspaceError {
  return new KeyspaceError(
    "malformed",
    `not a trace id length=${id.length} start=${JSON.stringify(id.slice(0, 80))}`,
    { cause },
  );
}
