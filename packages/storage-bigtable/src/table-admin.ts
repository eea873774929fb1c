import type { FamilyName, GarbageRule } from "@foretile/storage";

import type { BigtableTable } from "./bigtable-table.ts";
import { isAlreadyThere, isNotFound, translateError } from "./errors.ts";
import { protoRule } from "./garbage-rules.ts";
import type { WantedFamilies } from "./store-tables.ts";

/**
 * Makes a table with its families; one that is there already gets the families it lacks.
 *
 * @param instance `projects/P/instances/I`
 */
export async function createWantedTable(
  table: BigtableTable,
  instance: string,
  families: WantedFamilies,
  signal?: AbortSignal,
): Promise<void> {
  try {
    if (await createTable(table, instance, families, signal)) return;
    for (const [name, rule] of Object.entries(families)) {
      await addFamily(table, name, rule, signal);
    }
  } catch (error) {
    throw translateError(error, "administering", table.id);
  }
}

/** Makes a family with its rule, or changes the rule of one that is there; makes the table if need be. */
export async function putFamily(
  table: BigtableTable,
  instance: string,
  family: FamilyName,
  rule: GarbageRule,
  signal?: AbortSignal,
): Promise<void> {
  try {
    if (await addFamily(table, family, rule, signal)) return;
    await modify(table, { id: family, update: { gcRule: protoRule(rule) } }, signal);
  } catch (error) {
    if (!isNotFound(error)) throw translateError(error, "administering", table.id);
    await createWantedTable(table, instance, { [family]: rule }, signal);
  }
}

/** @returns `false` when the table is there already, whatever its families are */
async function createTable(
  table: BigtableTable,
  instance: string,
  families: WantedFamilies,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const columnFamilies = Object.fromEntries(
    Object.entries(families).map(([name, rule]) => [name, { gcRule: protoRule(rule) }]),
  );
  const request = { parent: instance, tableId: table.id, table: { columnFamilies } };
  return isNew(table.connection.createTable(request, signal));
}

/** @returns `false` when the family is there already, whatever its rule is */
function addFamily(
  table: BigtableTable,
  family: FamilyName,
  rule: GarbageRule,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return isNew(modify(table, { id: family, create: { gcRule: protoRule(rule) } }, signal));
}

function modify(table: BigtableTable, change: object, signal?: AbortSignal): Promise<unknown> {
  const request = { name: table.address.tableName, modifications: [change] };
  return table.connection.modifyColumnFamilies(request, signal);
}

async function isNew(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (isAlreadyThere(error)) return false;
    throw error;
  }
}
