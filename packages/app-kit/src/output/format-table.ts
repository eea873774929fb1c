import { stripVTControlCharacters } from "node:util";

export interface TableColumn {
  readonly title: string;
  /** Default `left`; numbers go `right`. */
  readonly align?: "left" | "right";
}

const GAP = "  ";

/**
 * Rows under their titles, columns aligned, lines without trailing spaces, a line break at the end. Cells may carry
 * terminal colours: they take no room. Every other
 * character takes one place, as printable ASCII does.
 *
 * @param rows one text per column
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, index) =>
    [titles, ...rows].reduce((widest, row) => Math.max(widest, visibleWidth(row[index] ?? "")), 0),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(row[index] ?? "", widths[index] ?? 0, align))
      .join(GAP)
      .trimEnd();
  return `${[titles, ...rows].map(line).join("\n")}\n`;
}

function pad(text: string, width: number, align: TableColumn["align"]): string {
  const space = " ".repeat(width - visibleWidth(text));
  return align === "right" ? space + text : text + space;
}

function visibleWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
