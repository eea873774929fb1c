import type { DocumentValue } from "@foretile/codecs/msgpack";

import { fromHex } from "./hex.ts";

/**
 * A document value from JSON, which has no bytes, no 64-bit integers and no NaN: `{"$bytes": hex}`,
 * `{"$bigint": decimal}` and `{"$number": text}` stand for them.
 */
export function untag(json: unknown): DocumentValue {
  if (Array.isArray(json)) return json.map(untag);
  if (typeof json !== "object" || json === null) return json as DocumentValue;
  const [entry, ...others] = Object.entries(json) as [string, unknown][];
  if (entry !== undefined && others.length === 0 && typeof entry[1] === "string") {
    const [tag, text] = entry as [string, string];
    if (tag === "$bytes") return fromHex(text);
    if (tag === "$bigint") return BigInt(text);
    if (tag === "$number") return Number(text);
  }
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, untag(value)]));
}
