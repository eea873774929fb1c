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

/**
 * Value `index` of what {@link priceChanges} takes from one path, for every path of a tile.
 *
 * @param tile step-major, `out.length` prices per step
 * @param out overwritten with a value per simulation
 */
export function memberChanges(
  tile: Float32Array | Float64Array,
  { kind, strideSteps }: Pick<ScoringInterval, "kind" | "strideSteps">,
  index: number,
  out: Float64Array,
): void {
  const simulations = out.length;
  const starts = index * strideSteps * simulations;
  const ends = starts + strideSteps * simulations;
  if (kind === "price") {
    for (let s = 0; s < simulations; s += 1) out[s] = tile[ends + s] as number;
    return;
  }
  const scale = BASIS_POINTS;
  for (let s = 0; s < simulations; s += 1) {
    const start = tile[starts + s] as number;
    out[s] = (((tile[ends + s] as number) - start) / start) * scale;
  }
}
