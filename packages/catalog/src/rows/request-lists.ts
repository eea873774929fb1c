import { isStorageError, type CallOptions, type Row } from "@foretile/storage";
import type { RequestAddress, RequestFacts } from "../records/request.ts";
import type { SecondsRange } from "../rules/check-queries.ts";
import type { RowContext } from "./row-context.ts";
import { addressInList, listRange, listRowKey, type RequestList } from "./row-keys.ts";
import { cellOf, setCell } from "./row-table.ts";

/*
 * A list has a row for every request that may belong to it; whether it does, only the request's own row says. So a row
 * is added before the change that makes the request belong there, and a crash in between leaves a row that readers pass
 * over.
 *
 * Rows are removed by readers that find the request not belonging. Each adding writes a new mark, and a removal demands
 * the mark it saw: who adds a row after the change too cannot lose it to a reader that looked before the change.
 */

const CELL = ["list", "mark"] as const;
const encoder = new TextEncoder();

/** A row of a list and the mark it was seen with. */
export interface Listed {
  readonly row: Row;
  readonly address: RequestAddress;
}

export async function addToLists(
  { table, ids }: RowContext,
  lists: readonly RequestList[],
  request: RequestFacts,
  options?: CallOptions,
): Promise<void> {
  const mark = setCell(...CELL, encoder.encode(ids.nextId()));
  await table.mutate(
    lists.map((list) => ({ key: listRowKey(list, request), mutations: [mark] })),
    options,
  );
}

/** Removes a row of a list, unless it was added again since it was seen. Who may only read leaves it to others. */
export async function removeListed(
  { table }: RowContext,
  { row }: Listed,
  options?: CallOptions,
): Promise<void> {
  const mark = cellOf(row, ...CELL);
  if (mark === undefined) return;
  try {
    await table.swap(row.key, CELL, mark, [{ type: "delete-row" }], options);
  } catch (error) {
    if (!isStorageError(error, "read-only", "permission-denied")) throw error;
  }
}

/** The rows of a list in its order, in batches; keys of another form are passed over. */
export async function* readList(
  { table }: RowContext,
  list: RequestList,
  label: string,
  range: SecondsRange,
  options: CallOptions & { readonly batchSize: number },
): AsyncGenerator<readonly Listed[], void, undefined> {
  for await (const batch of table.readRange(listRange(list, label, range), ["list"], options)) {
    const listed = batch.flatMap((row) => {
      const address = addressInList(row.key);
      return address === undefined ? [] : [{ row, address }];
    });
    if (listed.length > 0) yield listed;
  }
}
