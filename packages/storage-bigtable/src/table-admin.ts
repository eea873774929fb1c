import type { FamilyName } from "@foretile/storage";
import type { protos } from "@google-cloud/bigtable-api";

import type { BigtableTable } from "./bigtable-table.ts";
import { isAlreadyThere, isNotFound } from "./errors.ts";

type ProtoFamily = protos.google.bigtable.admin.v2.IColumnFamily;

/**
 * Makes a table with its families.
 *
 * @returns `false` when it is there already, whatever its families are
 */
export async function createTable(
  table: BigtableTable,
  instance: string,
  columnFamilies: Readonly<Record<FamilyName, ProtoFamily>>,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await table.connection.createTable(
      { parent: instance, tableId: table.id, table: { columnFamilies } },
      signal,
    );
    return true;
  } catch (error) {
    if (isAlreadyThere(error)) return false;
    throw error;
  }
}

/** Makes a family as it is wanted, or changes one that is there; makes the table if need be. */
export async function putFamily(
  table: BigtableTable,
  instance: string,
  id: FamilyName,
  family: ProtoFamily,
  signal?: AbortSignal,
): Promise<void> {
  const name = table.address.tableName;
  const modify = (change: object): Promise<unknown> =>
    table.connection.modifyColumnFamilies({ name, modifications: [{ id, ...change }] }, signal);
  try {
    await modify({ create: family });
  } catch (error) {
    if (isAlreadyThere(error)) {
      await modify({ update: family });
    } else if (isNotFound(error)) {
      // Whoever made the table in this moment may have made another family with it.
      if (await createTable(table, instance, { [id]: family }, signal)) return;
      await putFamily(table, instance, id, family, signal);
    } else {
      throw error;
    }
  }
}
