import { CatalogError } from "../../catalog-error.ts";
import type { Queries } from "../database.ts";
import { NETWORK_COLUMNS } from "./network-tables.ts";
import { OWN_MIGRATIONS } from "./own-tables.ts";

/** What there is of the network's tables, and how many of our steps were taken. */
export interface SchemaState {
  readonly network: "absent" | "complete";
  readonly migrations: number;
  /** The network's own migrations end at this revision; `undefined` where it never migrated anything. */
  readonly revision: string | undefined;
}

/**
 * Looks at a database. Tables that are there in part are refused: either the validator's migrations ended in the
 * middle, or a release of it is running that this one does not know.
 *
 * @throws {CatalogError} `schema-mismatch`, `format-too-new`
 */
export async function inspectSchema(queries: Queries): Promise<SchemaState> {
  const columns = await queries.rows<{
    table_name: string;
    column_name: string;
    data_type: string;
  }>(
    `select table_name, column_name, data_type from information_schema.columns
     where table_schema = current_schema()`,
  );
  const found = Map.groupBy(columns, ({ table_name }) => table_name);
  const names = Object.keys(NETWORK_COLUMNS);
  const present = names.filter((name) => found.has(name));
  const revision = await readRevision(queries, found.has("alembic_version"));
  if (present.length > 0) {
    const faults = names.flatMap((name) => tableFaults(name, found.get(name)));
    if (faults.length > 0) throw halfMigrated(faults, revision);
  }
  const migrations = found.has("foretile_migrations") ? await countMigrations(queries) : 0;
  if (migrations > OWN_MIGRATIONS.length) {
    throw new CatalogError(
      "format-too-new",
      `database was migrated by a newer release; upgrade @foretile/catalog ` +
        `found=${migrations} knows=${OWN_MIGRATIONS.length}`,
    );
  }
  return { network: present.length > 0 ? "complete" : "absent", migrations, revision };
}

function tableFaults(
  table: string,
  columns: readonly { readonly column_name: string; readonly data_type: string }[] | undefined,
): string[] {
  if (columns === undefined) return [`table ${table} is missing`];
  const types = new Map(columns.map((column) => [column.column_name, column.data_type]));
  return Object.entries(NETWORK_COLUMNS[table] ?? {}).flatMap(([name, wanted]) => {
    const type = types.get(name);
    if (type === undefined) return [`column ${table}.${name} is missing`];
    if (type === wanted || (wanted === "json" && type === "jsonb")) return [];
    return [`column ${table}.${name} is ${type}, not ${wanted}`];
  });
}

function halfMigrated(faults: readonly string[], revision: string | undefined): CatalogError {
  const shown = faults.slice(0, 5).join("; ");
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : "";
  const remedy =
    revision === undefined
      ? "use an empty schema, or one that the validator's migrations made"
      : "run the validator's own migrations to their head, then try again";
  return new CatalogError(
    "schema-mismatch",
    `the network's tables are not complete: ${shown}${more}; nothing was changed; ${remedy} ` +
      `alembic_version=${revision ?? "none"}`,
  );
}

async function readRevision(queries: Queries, isThere: boolean): Promise<string | undefined> {
  if (!isThere) return undefined;
  const rows = await queries.rows<{ version_num: string }>(
    "select version_num from alembic_version order by version_num",
  );
  return rows.length === 0 ? undefined : rows.map(({ version_num }) => version_num).join(",");
}

async function countMigrations(queries: Queries): Promise<number> {
  const [row] = await queries.rows<{ last: number | null }>(
    "select max(number) as last from foretile_migrations",
  );
  return row?.last ?? 0;
}
