import { compareUtf8, decodeTraceId, isKeyspaceError } from "@foretile/keyspace";
import type { TableContent } from "./trace-table.ts";

/** The pairs of an id, in order of their keys; `undefined` when a table lacks one of them, and for what is no id. */
export function findPairs(content: TableContent, id: string): readonly number[] | undefined {
  const pairs: number[] = [];
  for (const [key, value] of Object.entries(paramsOf(id))) {
    const pair = findPair(content, key, value);
    if (pair === undefined) return undefined;
    pairs.push(pair);
  }
  // Keys that look like numbers come first in an object.
  return pairs.length === 0 ? undefined : pairs.sort((left, right) => left - right);
}

function paramsOf(id: string): Record<string, string> {
  try {
    return decodeTraceId(id);
  } catch (error) {
    if (isKeyspaceError(error, "malformed")) return {};
    throw error;
  }
}

function findPair(
  { keys, firstPairs, values }: TableContent,
  key: string,
  value: string,
): number | undefined {
  const number = keys.indexOf(key);
  if (number === -1) return undefined;
  const end = firstPairs[number + 1] as number;
  let low = firstPairs[number] as number;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(values[middle] as string, value) < 0) low = middle + 1;
    else high = middle;
  }
  return low < end && values[low] === value ? low : undefined;
}
