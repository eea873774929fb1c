import type { RejectionReason } from "../../src/answer/answer.ts";
import { type ForecastRequest, stepCount } from "../../src/request/forecast-request.ts";

/** What the plain twin of the parser says: the reason, or the prices step-major. */
export type SlowVerdict = RejectionReason | Float32Array;

/** A primitive with the characters it was written with. */
class Token {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * Judges an answer's text by the rules as the network's validator has them, one after another on a whole tree, with
 * `JSON.parse` for a parser. Slow and plain; knows nothing of the code under test.
 */
export function slowJudge(text: string, request: ForecastRequest): SlowVerdict {
  const tree = parseWithSources(text);
  if (tree === undefined) return "malformed";
  if (isToken(tree, "null")) return "empty";
  if (!Array.isArray(tree)) return "not_a_sequence";
  const [start, increment, ...paths]: unknown[] = tree;
  if (tree.length === 0) return "empty";
  if (headerValue(start) === undefined) return "start_time_not_int";
  if (headerValue(increment) === undefined) return "increment_not_int";
  if (headerValue(start) !== BigInt(request.startUnixSeconds)) return "start_time_mismatch";
  if (headerValue(increment) !== BigInt(request.timeIncrementSeconds)) return "increment_mismatch";
  if (paths.length !== request.simulations) return "path_count";
  const tile = new Float32Array(request.simulations * stepCount(request));
  for (const [path, points] of paths.entries()) {
    if (!Array.isArray(points)) return "path_not_a_sequence";
    if (points.length !== stepCount(request)) return "point_count";
    for (const [point, price] of points.entries()) {
      const reason = priceReason(price);
      if (reason !== undefined) return reason;
      tile[point * request.simulations + path] = Number((price as Token).source);
    }
  }
  return tile;
}

const keepSource: Reviver = (_key, value, { source }) => {
  if (source === undefined) return value;
  return new Token(source.startsWith('"@') ? source.slice(2, -1) : source);
};

function parseWithSources(text: string): unknown {
  // Python's reader knows three words more than JSON; here they travel as marked texts.
  const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (match) =>
    match.startsWith('"') ? match : `"@${match}"`,
  );
  try {
    return JSON.parse(marked, keepSource as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
}

function isToken(value: unknown, source: string): boolean {
  return value instanceof Token && value.source === source;
}

function headerValue(value: unknown): bigint | undefined {
  if (!(value instanceof Token)) return undefined;
  if (/^-?\d+$/.test(value.source)) return BigInt(value.source);
  const quoted = /^"(0|[1-9]\d{0,15})"$/.exec(value.source);
  return quoted === null ? undefined : BigInt(quoted[1] ?? "");
}

function priceReason(price: unknown): RejectionReason | undefined {
  if (!(price instanceof Token)) return "price_not_a_number";
  if (!/^-?\d/.test(price.source) && !/^(NaN|-?Infinity)$/.test(price.source)) {
    return "price_not_a_number";
  }
  const value = Number(price.source);
  const isInteger = /^-?\d+$/.test(price.source);
  const text = isInteger ? BigInt(price.source).toString() : slowPythonText(value);
  if (text.replace(".", "").length > 8) return "price_too_many_digits";
  if (!Number.isFinite(value)) return "price_not_finite";
  if (value <= 0) return "price_not_positive";
  const single = Math.fround(value);
  return single === 0 || single === Infinity ? "price_out_of_range" : undefined;
}

/** `repr(value)` by trying precisions, from its description in Python's reference. */
export function slowPythonText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const precision = Array.from({ length: 17 }, (_, index) => index + 1).find(
    (digits) => Number(value.toPrecision(digits)) === value,
  );
  const [mantissa = "", exponent = ""] = value.toExponential((precision ?? 17) - 1).split("e");
  const sign = Object.is(value, -0) ? "-" : "";
  if (value !== 0 && (Number(exponent) < -4 || Number(exponent) >= 16)) {
    const [mark = "", ...digits] = exponent;
    return `${sign}${mantissa}e${mark}${digits.join("").padStart(2, "0")}`;
  }
  const decimals = Math.max(1, (precision ?? 17) - 1 - Number(exponent));
  // Above 1e16, where toFixed stops being exact, the exponent form was taken.
  return `${sign}${value.toFixed(decimals)}`;
}
