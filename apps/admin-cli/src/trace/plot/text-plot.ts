import { linesOf, placeExtent, shareOf, valueExtent, type Extent, type Plot } from "./plot.ts";
import { placeTicks, tickText } from "./ticks.ts";

export interface TextSize {
  /** Characters of a line. */
  readonly columns: number;
  /** Lines of the drawing, without title, axis and legend. */
  readonly rows: number;
  /** Whether escapes for colours may be written. */
  readonly colours: boolean;
}

/** The dots of a character that a line can go through. */
const DOTS_ACROSS = 2;
const DOTS_DOWN = 4;

const BRAILLE = 0x28_00;

/** The bit of each dot, `[column][row]`. */
const dotBits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** Foregrounds that most terminals show well on light and dark. */
const ansiColours = [34, 31, 32, 35, 33, 36, 90, 94] as const;

const letters = "abcdefgh";

/** A character of the drawing: its dots, and the series that was drawn there last. */
interface Cell {
  dots: number;
  series: number;
}

/**
 * A drawing in characters, with the dots of braille as its pixels. Several series differ in colour, or where there are no
 * colours in letters, at the points themselves.
 */
export function textPlot(plot: Plot, { columns, rows, colours }: TextSize): string {
  const places = placeExtent(plot);
  const values = valueExtent(plot);
  const labels = Array.from({ length: rows }, (_, row) => valueLabel(values, row, rows));
  const margin = Math.max(...labels.map((label) => label.length));
  const width = Math.max(8, columns - margin - 2);
  const usesLetters = !colours && plot.series.length > 1;
  const cells = draw(plot, { places, values }, { width, rows, usesLetters });
  const lines = cells.map((row, index) => {
    const label = (labels[index] ?? "").padStart(margin);
    return `${label} ${label.trim() === "" ? "│" : "┤"}${row.map((cell) => cellText(cell, { colours, usesLetters })).join("")}`.trimEnd();
  });
  const axis = placeAxis(plot, places, width).map((line) => `${" ".repeat(margin + 1)}${line}`);
  return `${[plot.title, ...lines, ...axis, ...legend(plot, colours)].join("\n")}\n`;
}

/** Values stand at the first, the middle and the last line. */
function valueLabel({ from, to }: Extent, row: number, rows: number): string {
  const middle = Math.floor((rows - 1) / 2);
  if (row !== 0 && row !== middle && row !== rows - 1) return "";
  const value = to - ((to - from) * (row === middle ? middle : row)) / Math.max(1, rows - 1);
  return tickText(Number(value.toPrecision(5)));
}

function draw(
  plot: Plot,
  { places, values }: { readonly places: Extent; readonly values: Extent },
  { width, rows, usesLetters }: Pick<TextSize, "rows"> & { width: number; usesLetters: boolean },
): Cell[][] {
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: width }, (): Cell => ({ dots: 0, series: 0 })),
  );
  const across = usesLetters ? 1 : DOTS_ACROSS;
  const down = usesLetters ? 1 : DOTS_DOWN;
  for (const [series, one] of plot.series.entries()) {
    const dot = (x: number, y: number): void => {
      const cell = cells[Math.floor(y / down)]?.[Math.floor(x / across)];
      if (cell === undefined) return;
      cell.dots |= usesLetters ? 1 : (dotBits[x % 2]?.[y % 4] ?? 0);
      cell.series = series;
    };
    for (const line of linesOf(one)) {
      let before: readonly [number, number] | undefined;
      for (const point of line) {
        const x = Math.round(shareOf(places, point.x) * (width * across - 1));
        const y = Math.round((1 - shareOf(values, point.y)) * (rows * down - 1));
        if (before === undefined || usesLetters) dot(x, y);
        else straight(before, [x, y], dot);
        before = [x, y];
      }
    }
  }
  return cells;
}

/** Dots from one place to another, both included. */
function straight(
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  dot: (x: number, y: number) => void,
): void {
  const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
  for (let step = 0; step <= steps; step += 1) {
    const share = step / steps;
    dot(Math.round(fromX + (toX - fromX) * share), Math.round(fromY + (toY - fromY) * share));
  }
}

function cellText(
  { dots, series }: Cell,
  { colours, usesLetters }: { readonly colours: boolean; readonly usesLetters: boolean },
): string {
  if (dots === 0) return " ";
  if (usesLetters) return letters[series] ?? "?";
  return coloured(String.fromCodePoint(BRAILLE + dots), series, colours);
}

/** The line below the drawing, with crosses where a series has something but no valid value, and the places' texts. */
function placeAxis(plot: Plot, places: Extent, width: number): string[] {
  const widest = plot.placeText(places.to).length + 2;
  const ticks = placeTicks(places, plot.placeSteps, Math.max(1, Math.floor(width / widest)));
  const line = Array.from({ length: width }, () => "─");
  const columnOf = (place: number): number => Math.round(shareOf(places, place) * (width - 1));
  const labels = Array.from({ length: width }, () => " ");
  for (const tick of ticks) {
    const column = columnOf(tick);
    const label = plot.placeText(tick);
    line[column] = "┬";
    const start = Math.max(0, Math.min(width - label.length, column - (label.length >> 1)));
    for (const [index, character] of label.split("").entries()) labels[start + index] = character;
  }
  for (const { x, y } of plot.series.flatMap(({ points }) => points)) {
    if (y === undefined) line[columnOf(x)] = "×";
  }
  return [`└${line.join("")}`, ` ${labels.join("").trimEnd()}`];
}

function legend({ series }: Plot, colours: boolean): string[] {
  if (series.length < 2) return [];
  return series.map(({ name }, index) => {
    const mark = colours ? coloured("──", index, true) : (letters[index] ?? "?");
    return `  ${mark} ${name}`;
  });
}

function coloured(content: string, series: number, colours: boolean): string {
  if (!colours) return content;
  return `\u001b[${ansiColours[series % ansiColours.length]}m${content}\u001b[39m`;
}
