import type { TraceTable } from "../table/trace-table.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import type { KeyCondition, TraceQuery } from "./trace-query.ts";

const MAX_CONDITIONS = 1000;

/** Conditions that were checked, each as a test of a value. */
export type CheckedQuery = readonly {
  readonly key: string;
  readonly test: (value: string) => boolean;
}[];

/**
 * Checks conditions once, before anything is read.
 *
 * @throws {TraceStoreError} `invalid-query`
 */
export function checkQuery(query: TraceQuery): CheckedQuery {
  if (typeof query !== "object" || query === null) throw invalid("conditions must be an object");
  const conditions = Object.entries(query);
  if (conditions.length > MAX_CONDITIONS) {
    throw invalid(`too many conditions limit=${MAX_CONDITIONS} found=${conditions.length}`);
  }
  return conditions.map(([key, condition]) => ({ key, test: testOf(key, condition) }));
}

/** The rows of a table that meet all conditions, ascending. */
export function matchRows(table: TraceTable, query: CheckedQuery): Uint32Array {
  const { keys, firstPairs, values } = table.content;
  /** How many conditions each row met, one after the other. */
  const hits = new Uint16Array(table.rows);
  for (const [place, { key, test }] of query.entries()) {
    const number = keys.indexOf(key);
    if (number === -1) return new Uint32Array();
    const end = firstPairs[number + 1] as number;
    for (let pair = firstPairs[number] as number; pair < end; pair += 1) {
      if (!test(values[pair] as string)) continue;
      // A row has one value of a key, so that it is counted once for each condition.
      for (const row of table.rowsOfPair(pair)) {
        if (hits[row] === place) hits[row] = place + 1;
      }
    }
  }
  const rows = new Uint32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row += 1) {
    if (hits[row] !== query.length) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.subarray(0, count);
}

function testOf(key: string, condition: KeyCondition): (value: string) => boolean {
  if (typeof condition === "string") return (value) => value === condition;
  if (isTexts(condition)) {
    const wanted = new Set(condition);
    return (value) => wanted.has(value);
  }
  if (typeof condition === "object" && condition !== null) {
    if ("matches" in condition && condition.matches instanceof RegExp) {
      return found(condition.matches);
    }
    if ("any" in condition && condition.any) return () => true;
    if ("not" in condition) {
      const { not } = condition;
      const isNot =
        not instanceof RegExp
          ? found(not)
          : typeof not === "string" || isTexts(not)
            ? testOf(key, not)
            : undefined;
      if (isNot !== undefined) return (value) => !isNot(value);
    }
  }
  throw invalid(
    `condition must be a text, texts, or one of matches, not and any key=${JSON.stringify(key)}`,
  );
}

/** Without the flags that make a match depend on the one before. */
function found({ source, flags }: RegExp): (value: string) => boolean {
  const pattern = new RegExp(source, flags.replaceAll(/[gy]/g, ""));
  return (value) => pattern.test(value);
}

function isTexts(condition: unknown): condition is readonly string[] {
  return Array.isArray(condition) && condition.every((value) => typeof value === "string");
}

function invalid(message: string): TraceStoreError {
  return new TraceStoreError("invalid-query", message);
}
