import type { TraceParams } from "./trace-id.ts";

/** Keys, and of each the distinct values that some traces have. */
export type ParamSet = Readonly<Record<string, readonly string[]>>;

/** Every key and value of many params, values in the order in which they were first met. */
export function paramSetOf(traces: Iterable<TraceParams>): Record<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const params of traces) {
    for (const [key, value] of Object.entries(params)) {
      const values = found.get(key);
      if (values === undefined) found.set(key, new Set([value]));
      else values.add(value);
    }
  }
  return Object.fromEntries([...found].map(([key, values]) => [key, [...values]]));
}
