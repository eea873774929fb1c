/** A point to draw: `y` is missing where there was something but no valid value. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number | undefined;
}

/** A line to draw; points in order of `x`. */
export interface PlotSeries {
  readonly name: string;
  readonly points: readonly PlotPoint[];
}

/** All that a drawing shows, whatever it is drawn with. */
export interface Plot {
  readonly title: string;
  readonly series: readonly PlotSeries[];
  /** Text of a place on the horizontal axis. */
  readonly placeText: (x: number) => string;
  /** Where marks of the horizontal axis may stand: multiples of one of these, ascending. */
  readonly placeSteps: readonly number[];
}

/** From the least to the greatest, with `from` < `to`. */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Where the points of all series are; a plot with one point only gets room around it. */
export function placeExtent({ series }: Plot): Extent {
  return extentOf(series.flatMap(({ points }) => points.map(({ x }) => x)));
}

/** As {@link placeExtent}, of the valid values. */
export function valueExtent({ series }: Plot): Extent {
  return extentOf(
    series.flatMap(({ points }) => points.flatMap(({ y }) => (y === undefined ? [] : [y]))),
  );
}

function extentOf(numbers: readonly number[]): Extent {
  let [from, to] = [Infinity, -Infinity];
  for (const number of numbers) {
    from = Math.min(from, number);
    to = Math.max(to, number);
  }
  if (from > to) return { from: 0, to: 1 };
  if (from < to) return { from, to };
  const room = Math.abs(from) / 10 || 1;
  return { from: from - room, to: to + room };
}

/** How far into an extent a number lies: 0 at its start, 1 at its end. */
export function shareOf({ from, to }: Extent, value: number): number {
  return (value - from) / (to - from);
}

/** Runs of points with valid values: a line goes through each, and not over what is invalid between them. */
export function linesOf({ points }: PlotSeries): (PlotPoint & { readonly y: number })[][] {
  const lines: (PlotPoint & { readonly y: number })[][] = [];
  let line: (PlotPoint & { readonly y: number })[] = [];
  for (const { x, y } of points) {
    if (y !== undefined) line.push({ x, y });
    if (y === undefined && line.length > 0) {
      lines.push(line);
      line = [];
    }
  }
  return line.length === 0 ? lines : [...lines, line];
}
