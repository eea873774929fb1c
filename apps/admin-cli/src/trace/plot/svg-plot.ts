import {
  linesOf,
  placeExtent,
  shareOf,
  valueExtent,
  type Extent,
  type Plot,
  type PlotSeries,
} from "./plot.ts";
import { thinned } from "./thinned.ts";
import { numberTicks, placeTicks, tickText } from "./ticks.ts";

/** Pixels. */
export interface SvgSize {
  readonly width: number;
  readonly height: number;
}

/** Okabe and Ito's colours that can be told apart by everybody, without yellow, which cannot be seen on white. */
const colours = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#7f7f7f",
  "#8c564b",
] as const;

/** Most series that one drawing can tell apart. */
export const MAX_SERIES: number = colours.length;

const style = [
  "text{font:12px system-ui,sans-serif;fill:#333}",
  ".title{font-size:14px;font-weight:600}",
  ".grid{stroke:#ddd}.axis{stroke:#888}",
  ".line{fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}",
  ".invalid{fill:none;stroke-width:1.5}",
  "@media (prefers-color-scheme:dark){.back{fill:#1b1b1b}text{fill:#ddd}.grid{stroke:#3a3a3a}}",
].join("");

const MARGIN = { top: 40, right: 44, left: 72 };
const ROW = 18;
const CHARACTER_WIDTH = 7;

/** How data become pixels. */
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly places: Extent;
  readonly values: Extent;
  readonly x: (place: number) => number;
  readonly y: (value: number) => number;
}

/** A drawing as one SVG document: no script, nothing from elsewhere, readable on light and dark pages. */
export function svgPlot(plot: Plot, { width, height }: SvgSize): string {
  const legend = legendLines(plot.series, width - MARGIN.left - MARGIN.right);
  const frame = frameOf(plot, { width, height }, legend.length);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(plot.title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="back" width="${width}" height="${height}" fill="#fff"/>`,
    text(MARGIN.left, 24, plot.title, "title"),
    ...valueAxis(frame),
    ...placeAxis(frame, plot),
    ...plot.series.flatMap((series, index) => drawing(frame, series, colourOf(index))),
    ...legend.flatMap((entries, line) =>
      entries.flatMap(({ name, index, left }) => {
        const y = frame.bottom + 44 + line * ROW;
        const x = MARGIN.left + left;
        return [
          `<line class="line" x1="${x}" y1="${y - 4}" x2="${x + 16}" y2="${y - 4}" stroke="${colourOf(index)}"/>`,
          text(x + 22, y, name),
        ];
      }),
    ),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function frameOf(plot: Plot, { width, height }: SvgSize, legendCount: number): Frame {
  const places = placeExtent(plot);
  const values = withRoom(valueExtent(plot));
  const left = MARGIN.left;
  const right = width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = height - 36 - legendCount * ROW;
  return {
    left,
    right,
    top,
    bottom,
    places,
    values,
    x: (place) => left + shareOf(places, place) * (right - left),
    y: (value) => bottom + shareOf(values, value) * (top - bottom),
  };
}

/** So that no line lies on the axis. */
function withRoom({ from, to }: Extent): Extent {
  const room = (to - from) / 25;
  return { from: from - room, to: to + room };
}

function valueAxis({ values, left, right, y, top, bottom }: Frame): string[] {
  const ticks = numberTicks(values, Math.max(2, Math.floor((bottom - top) / 40)));
  return ticks.flatMap((tick) => [
    `<line class="grid" x1="${left}" y1="${px(y(tick))}" x2="${right}" y2="${px(y(tick))}"/>`,
    text(left - 8, y(tick) + 4, tickText(tick), undefined, "end"),
  ]);
}

function placeAxis({ places, left, right, bottom, x }: Frame, plot: Plot): string[] {
  const widest = plot.placeText(places.to).length * CHARACTER_WIDTH + 16;
  const count = Math.max(1, Math.floor((right - left) / widest));
  return [
    `<line class="axis" x1="${left}" y1="${bottom}" x2="${right}" y2="${bottom}"/>`,
    ...placeTicks(places, plot.placeSteps, count).flatMap((place) => [
      `<line class="axis" x1="${px(x(place))}" y1="${bottom}" x2="${px(x(place))}" y2="${bottom + 5}"/>`,
      text(x(place), bottom + 20, plot.placeText(place), undefined, "middle"),
    ]),
  ];
}

/** Lines, a dot for a point between invalid ones, and crosses on the axis for these. */
function drawing({ x, y, bottom }: Frame, series: PlotSeries, colour: string): string[] {
  const lines = linesOf(series).map((line) => {
    const points = thinned(line, (place) => Math.round(x(place)));
    const [only] = points;
    if (points.length === 1 && only !== undefined) {
      return `<circle cx="${px(x(only.x))}" cy="${px(y(only.y))}" r="2" fill="${colour}"/>`;
    }
    const path = points.map((point) => `${px(x(point.x))},${px(y(point.y))}`).join(" ");
    return `<polyline class="line" stroke="${colour}" points="${path}"/>`;
  });
  const crosses = new Set(
    series.points.flatMap((point) => (point.y === undefined ? [Math.round(x(point.x))] : [])),
  );
  if (crosses.size === 0) return lines;
  const marks = Array.from(crosses, (at) => `M${at - 3},${bottom - 3}l6,6m0,-6l-6,6`).join("");
  return [...lines, `<path class="invalid" stroke="${colour}" d="${marks}"/>`];
}

/** Names in as many lines as they need; none when there is one series, whose name is the title's. */
function legendLines(series: readonly PlotSeries[], width: number) {
  const lines: { name: string; index: number; left: number }[][] = [];
  if (series.length < 2) return lines;
  let left = Infinity;
  for (const [index, { name }] of series.entries()) {
    const room = name.length * CHARACTER_WIDTH + 40;
    if (left + room > width) {
      lines.push([]);
      left = 0;
    }
    lines.at(-1)?.push({ name, index, left });
    left += room;
  }
  return lines;
}

function colourOf(index: number): string {
  return colours[index % colours.length] as string;
}

function text(x: number, y: number, content: string, name?: string, anchor?: string): string {
  const attributes = [
    name === undefined ? "" : ` class="${name}"`,
    anchor === undefined ? "" : ` text-anchor="${anchor}"`,
  ].join("");
  return `<text x="${px(x)}" y="${px(y)}"${attributes}>${escapeXml(content)}</text>`;
}

function px(value: number): string {
  return Number(value.toFixed(1)).toString();
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
