import { rowsOf } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { checkRowSelection, type RowSelection } from "../read/row-selection.ts";
import type { IndexBounds, IndexFacts } from "../value/index-bounds.ts";
import { checkRowRange, type RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Joint } from "./rowwise-value.ts";
import type { UpdateRange } from "./update-options.ts";

/** The stored rows that a change is about. */
export type UpdateTarget =
  | { readonly bounds: IndexBounds; readonly rows?: undefined }
  | { readonly rows: RowRange; readonly bounds?: undefined };

/**
 * Finds out which rows a change is about.
 *
 * @param index of the new rows
 * @throws {VersionStoreError} `invalid-range` for a reversed range, rows that the value does not have, and new rows
 *   outside the range that they are to replace; `invalid-argument` for no range where there is no index
 */
export function updateTarget(
  content: Content,
  joint: Joint,
  index: IndexFacts | undefined,
  range: UpdateRange | undefined,
): UpdateTarget {
  if (range !== undefined && "rows" in range) {
    return { rows: exactRows(range.rows, rowsOf(content.blocks)) };
  }
  if (range === undefined) {
    if (index !== undefined) return { bounds: { from: index.min, to: index.max, closed: "both" } };
    throw new VersionStoreError(
      "invalid-argument",
      "rows without an index replace others by number: give the range as rows",
    );
  }
  const bounds = joint.rowwise.indexBounds(content.form.schema, range);
  const rows = joint.handler.rowCount(joint.incoming);
  const within = rows === 0 ? [] : joint.rowwise.rowsWithin(joint.incoming, bounds);
  if (rows === within.reduce((sum, { from, to }) => sum + to - from, 0)) return { bounds };
  throw new VersionStoreError(
    "invalid-range",
    `new rows must lie within the range that they replace from=${bounds.from} to=${bounds.to} closed=${bounds.closed}`,
  );
}

function exactRows(selection: RowSelection, rows: number): RowRange {
  checkRowSelection(selection);
  const { from = 0, to = rows } = selection;
  const range = { from: from < 0 ? rows + from : from, to: to < 0 ? rows + to : to };
  checkRowRange(range, rows);
  return range;
}
