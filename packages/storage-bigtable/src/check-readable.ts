import type { BigtableTable } from "./bigtable-table.ts";
import { scanRows } from "./row-scan.ts";

/**
 * Reads a row that no table has: no key begins with a space.
 *
 * @throws {StorageError} what reading the table fails with
 */
export async function checkReadable(table: BigtableTable, signal?: AbortSignal): Promise<void> {
  const ranges = [{ gte: " probe", lt: " probe!" }];
  const rows = scanRows(table, { ranges, limit: 1 }, signal);
  while ((await rows.next()).done !== true);
}
