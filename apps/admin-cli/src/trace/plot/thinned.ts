import type { PlotPoint } from "./plot.ts";

type ValidPoint = PlotPoint & { readonly y: number };

/**
 * A line with at most four points a column that draws the same: of each column the first, the last, the lowest and the
 * highest, in their order.
 *
 * @param columnOf ascending with `x`
 */
export function thinned(
  line: readonly ValidPoint[],
  columnOf: (x: number) => number,
): readonly ValidPoint[] {
  const kept: ValidPoint[] = [];
  for (const points of Map.groupBy(line, ({ x }) => columnOf(x)).values()) {
    if (points.length <= 4) {
      kept.push(...points);
      continue;
    }
    const least = points.reduce((a, b) => (b.y < a.y ? b : a));
    const greatest = points.reduce((a, b) => (b.y > a.y ? b : a));
    const chosen = new Set([points[0], least, greatest, points.at(-1)]);
    kept.push(...points.filter((point) => chosen.has(point)));
  }
  return kept;
}
