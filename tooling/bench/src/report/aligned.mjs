/**
 * Lines of cells as text: the first columns to the left, the others to the right.
 *
 * @param {readonly (readonly string[])[]} lines
 * @param {number} [toTheLeft] how many columns
 */
export function aligned(lines, toTheLeft = 1) {
  const widthOf = (column) => Math.max(...lines.map((line) => (line[column] ?? "").length));
  const widths = (lines[0] ?? []).map((_, column) => widthOf(column));
  const cell = (text, column) =>
    column < toTheLeft ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  return lines.map((line) => line.map(cell).join("  ").trimEnd()).join("\n");
}
