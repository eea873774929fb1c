import {
  isStorageError,
  type CallOptions,
  type RowMutation,
  type RowStore,
} from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * One of the store's tables.
 *
 * @throws {VersionStoreError} `unsupported-capability` when the library was opened on a store without tables
 */
export function tableOf({ table }: Pick<LibraryContext, "table">, name: string): RowStore {
  if (table !== undefined) return table(name);
  throw new VersionStoreError(
    "unsupported-capability",
    `segments are in the store's tables; open the library with a store that has some table=${name}`,
    { details: { table: name } },
  );
}

/**
 * Changes rows of one table, a bounded number in each call.
 *
 * @throws why the first row that failed was not changed; others may be. It may be repeated
 */
export async function changeRows(
  table: RowStore,
  rows: readonly RowMutation[],
  { signal }: CallOptions = {},
): Promise<void> {
  const most = table.capabilities.maxRowsPerMutation;
  for (let start = 0; start < rows.length; start += most) {
    const some = rows.slice(start, start + most);
    const statuses = await table.mutateRows(some, { signal });
    for (const [index, { key }] of some.entries()) {
      const status = statuses[index];
      if (status?.ok === true && status.key === key) continue;
      if (status?.ok === false) throw status.error;
      throw new VersionStoreError("data-integrity", `store gave no status for a row row=${key}`);
    }
  }
}

/**
 * Runs a change that needs a family; where the table does not have it yet, it is made, without a rule, and the change
 * run again.
 */
export async function withFamilies(
  table: RowStore,
  families: Iterable<string>,
  change: () => Promise<void>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isStorageError(error, "invalid-argument")) throw error;
    const known = await table.families();
    for (const family of families) {
      if (!known.has(family)) await table.setFamily(family, {});
    }
    // Also where none is missing any more: another writer may have made it meanwhile.
    await change();
  }
}
