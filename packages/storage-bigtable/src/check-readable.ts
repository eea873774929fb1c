import type { BigtableTable } from "./bigtable-table.ts";
import { readRow } from "./row-scan.ts";

/**
 * Reads a row that no table has: no key begins with a space.
 *
 * @throws {StorageError} what reading the table fails with
 */
export async function checkReadable(table: BigtableTable, signal?: AbortSignal): Promise<void> {
  await readRow(table, " probe", null, signal);
}
