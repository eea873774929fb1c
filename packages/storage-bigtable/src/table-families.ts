import type { Clock } from "@foretile/resilience";
import type { FamilyName, GarbageRule } from "@foretile/storage";

import type { BigtableTable } from "./bigtable-table.ts";
import { isNotFound, translateError } from "./errors.ts";
import { garbageRule } from "./garbage-rules.ts";
import type { Families } from "./row-filters.ts";
import { createSharedCall } from "./shared-call.ts";
import { putFamily } from "./table-admin.ts";

/** How long a change of a rule that another process made may go unnoticed. */
const MAX_AGE_MS = 60_000;

/** The families of one table, kept for a minute so that reads need not ask for them each time. */
export interface TableFamilies {
  /** Asks the service. A table that is not there has no families. */
  read(signal?: AbortSignal): Promise<Families>;
  /** Those read within the last minute, read anew when one of `needed` is not among them. */
  recent(needed: readonly FamilyName[], signal?: AbortSignal): Promise<Families>;
  /** Makes the family, and the table if it is not there, or changes the rule. */
  set(family: FamilyName, rule: GarbageRule, signal?: AbortSignal): Promise<void>;
}

export function createTableFamilies(
  table: BigtableTable,
  instance: string,
  clock: Clock,
): TableFamilies {
  let known: { readonly families: Families; readonly readMs: number } | undefined;
  /** Counts changes made here: what was asked for before one is out of date. */
  let changes = 0;

  const read = createSharedCall(async (signal) => {
    const asked = changes;
    const families = await fetchFamilies(table, signal);
    if (asked === changes) known = { families, readMs: clock.monotonicMs() };
    return families;
  });

  async function recent(needed: readonly FamilyName[], signal?: AbortSignal): Promise<Families> {
    const there = known;
    if (
      there === undefined ||
      clock.monotonicMs() - there.readMs > MAX_AGE_MS ||
      needed.some((name) => !there.families.has(name))
    ) {
      return read(signal);
    }
    return there.families;
  }

  async function set(family: FamilyName, rule: GarbageRule, signal?: AbortSignal): Promise<void> {
    try {
      await putFamily(table, instance, family, rule, signal);
    } finally {
      changes += 1;
      known = undefined;
    }
  }

  return { read, recent, set };
}

async function fetchFamilies(table: BigtableTable, signal?: AbortSignal): Promise<Families> {
  try {
    const { columnFamilies } = await table.connection.getTable(table.address.tableName, signal);
    return new Map(
      Object.entries(columnFamilies ?? {}).map(([name, { gcRule }]) => [name, garbageRule(gcRule)]),
    );
  } catch (error) {
    if (isNotFound(error)) return new Map();
    throw translateError(error, "reading", table.id);
  }
}
