import type { SegmentEntry, Transaction } from "@foretile/version-store";
import type { RunRecord } from "../run/run-record.ts";
import type { StoreContext } from "../store-context.ts";
import { tableToParts } from "../table/table-segment.ts";
import type { TraceTable } from "../table/trace-table.ts";
import type { ChangeOptions } from "../trace-entry.ts";

/** Stores a table as a segment. */
export async function putTable(
  { library }: StoreContext,
  transaction: Transaction,
  table: TraceTable,
  { signal }: ChangeOptions,
): Promise<SegmentEntry> {
  const { bytes, hash } = library.segmentCodec.encode(tableToParts(table.content));
  return transaction.putSegment(bytes, hash, { signal });
}

/** The segment of a table that one of some runs has, or a new one. */
export async function tableAmong(
  context: StoreContext,
  transaction: Transaction,
  { runs, table }: { readonly runs: readonly RunRecord[]; readonly table: TraceTable },
  options: ChangeOptions,
): Promise<SegmentEntry> {
  const known = runs.find(({ tableId }) => tableId === table.id);
  return known?.table ?? putTable(context, transaction, table, options);
}
