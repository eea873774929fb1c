import type { RowOptions } from "../run/facts-segment.ts";
import type { TraceTable } from "../table/trace-table.ts";
import type { PointValues } from "../values/point-values.ts";

/** What an append records in one tile, before it is stored. */
export interface RunDraft {
  readonly table: TraceTable;
  /** Ascending. */
  readonly offsets: readonly number[];
  /** `[rows of the table, offsets]`, row-major. */
  readonly states: Uint8Array;
  readonly values: PointValues;
  /** By row of the table, ascending. */
  readonly options: readonly RowOptions[];
}
