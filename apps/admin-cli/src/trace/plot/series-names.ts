import type { TraceParams } from "@foretile/trace-store";

/** What several series have in common, and by which names they are told apart. */
export interface SeriesNames {
  /** `asset=BTC label=low`: the params that all have. */
  readonly shared: string;
  /** Of each, the params that not all have; for a single series, nothing. */
  readonly names: readonly string[];
}

/** @param print makes text of others harmless */
export function seriesNames(
  series: readonly TraceParams[],
  print: (text: string) => string,
): SeriesNames {
  const text = (pairs: readonly (readonly [string, string])[]): string =>
    pairs.map(([key, value]) => `${print(key)}=${print(value)}`).join(" ");
  const isShared = ([key, value]: readonly [string, string]): boolean =>
    series.every((params) => params[key] === value);
  const [first = {}] = series;
  return {
    shared: text(Object.entries(first).filter(isShared)),
    names: series.map((params) => text(Object.entries(params).filter((pair) => !isShared(pair)))),
  };
}
