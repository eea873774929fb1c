import type { ScoringInterval } from "./scoring-interval.ts";

/** Basis points in a whole. */
export const BASIS_POINTS = 10_000;

/** The values that `interval` takes from one path: prices, or changes in basis points. A missing price (NaN) makes NaN. */
export function priceChanges(
  path: Float64Array,
  { kind, strideSteps, valueCount }: Omit<ScoringInterval, "name">,
): Float64Array {
  return Float64Array.from({ length: valueCount }, (_, index) => {
    const end = path[(index + 1) * strideSteps] as number;
    if (kind === "price") return end;
    const start = path[index * strideSteps] as number;
    // The difference before the quotient: the order is part of the score's definition.
    return ((end - start) / start) * BASIS_POINTS;
  });
}
