import type { CallOptions } from "@foretile/storage";
import type { RunRecord } from "../run/run-record.ts";
import type { StoreContext } from "../store-context.ts";
import { rowsWithin } from "../table/rows-within.ts";
import type { TraceTable } from "../table/trace-table.ts";
import { loadRunParts } from "../tile/load-run-parts.ts";
import { PointValues } from "../values/point-values.ts";
import type { RunDraft } from "./run-draft.ts";

/** A table that a run has may have so many times the traces of an append that uses it. */
const MAX_SPARSENESS = 4;

/**
 * A draft over a table that the tile has already, when one has all its traces and not many more: then the append stores
 * no names at all. Otherwise the draft as it is.
 */
export async function fitToTable(
  context: StoreContext,
  runs: readonly RunRecord[],
  draft: RunDraft,
  options: CallOptions,
): Promise<RunDraft> {
  const { rows } = draft.table;
  const fitting = runs.findLast(
    (run) =>
      run.tableId === draft.table.id || (run.rows > rows && run.rows <= MAX_SPARSENESS * rows),
  );
  if (fitting === undefined || fitting.tableId === draft.table.id) return draft;
  const [parts] = await loadRunParts(context, [fitting], options);
  return (parts && onto(draft, parts.table)) ?? draft;
}

/** `undefined` when the table lacks one of the traces. */
function onto(draft: RunDraft, table: TraceTable): RunDraft | undefined {
  const target = rowsWithin(draft.table, table);
  if (target === undefined) return undefined;
  const width = draft.offsets.length;
  const states = new Uint8Array(table.rows * width);
  const values = PointValues.create(draft.values.type, table.rows * width);
  for (const [row, to] of target.entries()) {
    states.set(draft.states.subarray(row * width, (row + 1) * width), to * width);
    values.copy(draft.values, row * width, to * width, width);
  }
  const options = draft.options.map((said) => ({ ...said, row: target[said.row] as number }));
  return { ...draft, table, states, values, options };
}
