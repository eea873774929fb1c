import { compareUtf8 } from "../compare-utf8.ts";
import { KeyspaceError } from "../keyspace-error.ts";
import type { TraceParams } from "../trace/trace-id.ts";

const text = "[a-zA-Z0-9._-]+";
const word = new RegExp(`^${text}$`);
const pairText = new RegExp(`^(${text})=(${text})$`);

/**
 * Params in Perf's dialect of ids: `,arch=x86,config=565,`. Keys and values have at least one character, and only
 * letters, digits, `.`, `_` and `-`, so nothing has to be escaped. Keys are in order.
 *
 * @throws {KeyspaceError} `invalid-argument` for no params and for other characters
 */
export function encodeStrictTraceId(params: TraceParams): string {
  const keys = Object.keys(params).sort(compareUtf8);
  if (keys.length === 0) {
    throw new KeyspaceError("invalid-argument", "params must have at least one key");
  }
  return keys.reduce((id, key) => {
    const value = params[key] ?? "";
    if (!word.test(key) || !word.test(value)) {
      throw new KeyspaceError(
        "invalid-argument",
        `param must have letters, digits, dots, underscores and dashes only key=${JSON.stringify(key)} value=${JSON.stringify(value)}`,
      );
    }
    return `${id}${key}=${value},`;
  }, ",");
}

/**
 * The params that {@link encodeStrictTraceId} wrote as `id`.
 *
 * Perf itself writes ids in order of keys and reads those in order of pairs only, so it does not read all that it
 * writes; here the order of keys counts in both directions.
 *
 * @throws {KeyspaceError} `malformed` for any other text
 */
export function decodeStrictTraceId(id: string): Record<string, string> {
  if (!id.startsWith(",") || !id.endsWith(",")) throw malformed(id);
  let previous = "";
  const pairs = id
    .slice(1, -1)
    .split(",")
    .map((pair): [string, string] => {
      const [, key, value] = pairText.exec(pair) ?? [];
      if (key === undefined || value === undefined || key <= previous) throw malformed(id);
      previous = key;
      return [key, value];
    });
  return Object.fromEntries(pairs);
}

/**
 * Params that Perf's dialect can write: each character that it does not have becomes `_`, as Perf itself does it. What
 * was there before cannot be told from the result.
 *
 * @throws {KeyspaceError} `invalid-argument` when two keys become one
 */
export function forceStrictParams(params: TraceParams): Record<string, string> {
  const forced = new Map<string, string>();
  for (const [key, value] of Object.entries(params)) {
    const name = underscores(key);
    if (forced.has(name)) {
      throw new KeyspaceError(
        "invalid-argument",
        `two keys become one key=${JSON.stringify(name)}`,
      );
    }
    forced.set(name, underscores(value));
  }
  return Object.fromEntries(forced);
}

function underscores(value: string): string {
  return value.replaceAll(/[^a-zA-Z0-9._-]/gu, "_");
}

function malformed(id: string): KeyspaceError {
  return new KeyspaceError(
    "malformed",
    `not a trace id of Perf length=${id.length} start=${JSON.stringify(id.slice(0, 80))}`,
  );
}
