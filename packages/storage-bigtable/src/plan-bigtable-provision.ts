import type { Clock } from "@foretile/resilience";
import { systemClock } from "@foretile/resilience/system";
import type { CallOptions, FamilyName, GarbageRule, ProvisionStep } from "@foretile/storage";

import { answerInTime } from "./answer-in-time.ts";
import { placeNames, type BigtablePlace } from "./bigtable-place.ts";
import type { BigtableTable } from "./bigtable-table.ts";
import type { Table } from "./connection.ts";
import { isNotFound, translateError } from "./errors.ts";
import { describeRule, garbageRule, isForeignRule, lostCells, sameRule } from "./garbage-rules.ts";
import { storeTables, type WantedFamilies, type WantedTable } from "./store-tables.ts";
import { hasMarker, writeMarker } from "./store-marker.ts";
import { createWantedTable, putFamily } from "./table-admin.ts";
import { withTables, type Tables } from "./with-tables.ts";

export interface BigtableProvisionOptions extends BigtablePlace, CallOptions {
  /**
   * The tables of rows to have, by the name the store gives them, with their families and rules. Families and tables
   * beside these are left as they are.
   */
  readonly tables?: Readonly<Record<string, WantedFamilies>> | undefined;
  /** Ends what is not answered. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * Compares what a place has with what a store there needs: its own tables, its marker and the tables of rows that are
 * asked for. Changes nothing. Needs `roles/bigtable.reader`; the steps need `roles/bigtable.admin`.
 *
 * @returns the steps in the order to apply them; none when all is as wanted
 * @throws {StorageError} `permission-denied`, `unavailable`, `timeout` when the service has not answered for a minute, `format-too-new`, `invalid-argument`
 */
export async function planBigtableProvision(
  options: BigtableProvisionOptions,
): Promise<readonly ProvisionStep[]> {
  const names = placeNames(options);
  const wanted = [...storeTables(names), ...wantedRowTables(options)];
  return visit(options, options.signal, async (tables, signal) => {
    const steps: ProvisionStep[] = [];
    for (const table of wanted) {
      const there = await readTable(tables.table(table.id), signal);
      steps.push(...tableSteps(options, table, there));
      if (table.id === names.refs && !(await isMarked(tables, names.refs, there, signal))) {
        steps.push(markerStep(options, names.refs));
      }
    }
    return steps;
  });
}

/** Works on the tables of the place, for as long as it may take to be answered. */
function visit<T>(
  options: BigtableProvisionOptions,
  signal: AbortSignal | undefined,
  work: (tables: Tables, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock = systemClock } = options;
  return answerInTime((within) => withTables(options, (tables) => work(tables, within)), {
    place: options,
    clock,
    signal,
    // Looking changes nothing, and each step may be taken twice.
    retry: "safe",
  });
}

/** The tables of rows that are asked for, by their ids. */
export function wantedRowTables(options: BigtableProvisionOptions): readonly WantedTable[] {
  const names = placeNames(options);
  return Object.entries(options.tables ?? {}).map(([name, families]) => ({
    id: names.tableId(name),
    families,
  }));
}

/** A table as the service has it, or `undefined`. */
export async function readTable(
  table: BigtableTable,
  signal: AbortSignal | undefined,
): Promise<Table | undefined> {
  try {
    return await table.connection.getTable(table.address.tableName, signal);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw translateError(error, "reading", table.id);
  }
}

function tableSteps(
  place: BigtableProvisionOptions,
  { id, families }: WantedTable,
  there: Table | undefined,
): readonly ProvisionStep[] {
  if (there === undefined) {
    return [
      {
        action: "create",
        what: `table ${id}`,
        wanted: Object.entries(families)
          .map(([name, rule]) => `family ${name} that ${describeRule(rule)}`)
          .join(", "),
        apply: (options) => createTableAt(place, id, families, options),
      },
    ];
  }
  return Object.entries(families).flatMap(([name, rule]) =>
    familyStep(place, id, name, rule, there),
  );
}

function familyStep(
  place: BigtableProvisionOptions,
  id: string,
  family: FamilyName,
  wanted: GarbageRule,
  there: Table,
): readonly ProvisionStep[] {
  const what = `family ${family} of table ${id}`;
  const apply: ProvisionStep["apply"] = (options) =>
    putFamilyAt(place, id, family, wanted, options);
  const found = there.columnFamilies?.[family];
  if (!found) return [{ action: "create", what, wanted: describeRule(wanted), apply }];
  const current = garbageRule(found.gcRule);
  const foreign = isForeignRule(found.gcRule);
  if (!foreign && sameRule(current, wanted)) return [];
  return [
    {
      action: "change",
      what,
      current: foreign ? "has a rule whose conditions must hold together" : describeRule(current),
      wanted: describeRule(wanted),
      loses: lostCells(current, wanted),
      apply,
    },
  ];
}

async function isMarked(
  tables: Tables,
  id: string,
  there: Table | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return there !== undefined && hasMarker(tables.table(id), signal);
}

function markerStep(place: BigtableProvisionOptions, id: string): ProvisionStep {
  return {
    action: "create",
    what: `marker in table ${id}`,
    wanted: "says that this is a store, and its format",
    apply: (options) =>
      visit(place, options?.signal, async (tables, signal) => {
        await writeMarker(tables.table(id), signal);
      }),
  };
}

function createTableAt(
  place: BigtableProvisionOptions,
  id: string,
  families: WantedFamilies,
  options: CallOptions | undefined,
): Promise<void> {
  return visit(place, options?.signal, ({ table, instance }, signal) =>
    createWantedTable(table(id), instance, families, signal),
  );
}

function putFamilyAt(
  place: BigtableProvisionOptions,
  id: string,
  family: FamilyName,
  rule: GarbageRule,
  options: CallOptions | undefined,
): Promise<void> {
  return visit(place, options?.signal, ({ table, instance }, signal) =>
    putFamily(table(id), instance, family, rule, signal),
  );
}
