import type { Clock } from "@foretile/resilience";
import { CatalogError } from "../../catalog-error.ts";
import type { Database, Queries } from "../database.ts";
import { inspectSchema } from "./inspect-schema.ts";
import { NETWORK_TABLES } from "./network-tables.ts";
import { MIGRATIONS_TABLE, OWN_MIGRATIONS } from "./own-tables.ts";

/** Whoever migrates a database holds this lock: the bytes of `foretile`. */
const MIGRATION_LOCK = "7381240360238869605";

/**
 * Makes what is missing, in one transaction, while nobody else does. What the validator's own migrations made is left
 * as it is.
 *
 * @throws {CatalogError} `schema-mismatch`, `format-too-new`, `permission-denied`
 */
export async function migrateSchema(
  database: Database,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  await database.transaction(signal, async (queries) => {
    await queries.rows("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    const state = await inspectSchema(queries);
    if (state.network === "absent") await queries.rows(NETWORK_TABLES);
    if (state.migrations === OWN_MIGRATIONS.length) return;
    await queries.rows(MIGRATIONS_TABLE);
    for (const [index, { name, sql }] of OWN_MIGRATIONS.entries()) {
      if (index < state.migrations) continue;
      await queries.rows(sql);
      await queries.rows(
        "insert into foretile_migrations (number, name, applied_at) values ($1, $2, to_timestamp($3))",
        [index + 1, name, clock.nowMs() / 1_000],
      );
    }
  });
}

/** @throws {CatalogError} `not-a-catalog` when something has to be made first, and as {@link inspectSchema} */
export async function checkSchema(queries: Queries): Promise<void> {
  const { network, migrations } = await inspectSchema(queries);
  if (network === "complete" && migrations === OWN_MIGRATIONS.length) return;
  throw new CatalogError(
    "not-a-catalog",
    `the database is not set up for a catalog; set it up with createPostgresCatalog ` +
      `network_tables=${network} migrations=${migrations} wanted=${OWN_MIGRATIONS.length}`,
  );
}
