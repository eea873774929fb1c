import { compareUtf8 } from "../compare-utf8.ts";
import { KeyspaceError } from "../keyspace-error.ts";
import type { TraceParams } from "../trace/trace-id.ts";

/** What Gold writes for no params at all. */
const NO_PARAMS = "invalid_trace_id";

/**
 * Params in the dialect of ids that Gold shows its users and stores options in: a comma becomes `%2C`, an equals sign
 * becomes `_`, everything else stays. Keys are in order of their UTF-8 bytes; no params become `invalid_trace_id`.
 *
 * Only for data that Gold reads: different params may have the same text. {@link isExactLooseTraceId} tells whether
 * these ones come back.
 *
 * @throws {KeyspaceError} `invalid-argument` for a lone surrogate
 */
export function encodeLooseTraceId(params: TraceParams): string {
  const keys = Object.keys(params).sort(compareUtf8);
  if (keys.length === 0) return NO_PARAMS;
  return keys.reduce((id, key) => `${id}${loose(key)}=${loose(params[key] ?? "")},`, ",");
}

/**
 * The params of a text in Gold's dialect, read as forgivingly as Gold reads it: what stands before the first comma and
 * after the last is not looked at, a text with fewer than two commas has no params, the last of equal keys counts.
 *
 * @throws {KeyspaceError} `malformed` for a piece between two commas that has no equals sign
 */
export function decodeLooseTraceId(id: string): Record<string, string> {
  const pieces = id.split(",");
  const pairs = pieces.slice(1, -1).map((piece): [string, string] => {
    const middle = piece.indexOf("=");
    if (middle < 0) {
      throw new KeyspaceError(
        "malformed",
        `piece of a trace id has no equals sign piece=${JSON.stringify(piece.slice(0, 80))}`,
      );
    }
    return [commas(piece.slice(0, middle)), commas(piece.slice(middle + 1))];
  });
  return Object.fromEntries(pairs);
}

/** Whether params come back from their text in Gold's dialect: no equals sign, no `%2C`, at least one key. */
export function isExactLooseTraceId(params: TraceParams): boolean {
  const texts = Object.entries(params).flat();
  return texts.length > 0 && texts.every((text) => text.isWellFormed() && !/=|%2C/.test(text));
}

function loose(text: string): string {
  if (!text.isWellFormed()) {
    throw new KeyspaceError(
      "invalid-argument",
      `params have a lone surrogate text=${JSON.stringify(text)}`,
    );
  }
  return text.replaceAll(",", "%2C").replaceAll("=", "_");
}

function commas(text: string): string {
  return text.replaceAll("%2C", ",");
}
