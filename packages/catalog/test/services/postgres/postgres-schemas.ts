import { afterAll } from "vitest";
import { Client } from "pg";
import { systemClock } from "@foretile/resilience/system";
import { postgresService } from "@foretile/testkit/services";
import {
  createPostgresCatalog,
  SYNTH_LABEL_RULES,
  type PostgresCatalog,
  type PostgresCatalogOptions,
} from "../../../src/postgres/index.ts";

/** A database of this test file's own, with as many empty schemas as it asks for. */
export interface PostgresSchemas {
  readonly url: string;
  readonly database: string;
  /** Runs statements as another program would, with the session's own settings. */
  readonly execute: (
    sql: string,
    values?: readonly unknown[],
  ) => Promise<Record<string, unknown>[]>;
  /** An empty schema; gives its name. */
  readonly newSchema: () => Promise<string>;
  readonly optionsFor: (schema: string) => PostgresCatalogOptions;
  /** An empty catalog in a schema of its own. */
  readonly open: () => Promise<PostgresCatalog>;
}

/** @param zone the zone that every session of the database starts in, whatever this machine's is */
export async function postgresSchemas(zone = "UTC"): Promise<PostgresSchemas> {
  const service = await postgresService();
  const client = new Client({ connectionString: service.url });
  afterAll(async () => {
    await client.end();
    await service[Symbol.asyncDispose]();
  });
  const setUp = new Client({ connectionString: service.url });
  await setUp.connect();
  await setUp.query(`alter database ${service.database} set timezone = '${zone}'`);
  await setUp.end();
  await client.connect();
  let schemas = 0;

  const newSchema = async (): Promise<string> => {
    schemas += 1;
    await client.query(`create schema s${schemas}`);
    return `s${schemas}`;
  };
  const optionsFor = (schema: string): PostgresCatalogOptions => ({
    connectionString: service.url,
    schema,
    maxConnections: 4,
    labels: SYNTH_LABEL_RULES,
    clock: systemClock,
  });
  return {
    url: service.url,
    database: service.database,
    execute: async (sql, values = []) => {
      const result = await client.query<Record<string, unknown>>(sql, [...values]);
      return result.rows;
    },
    newSchema,
    optionsFor,
    open: async () => createPostgresCatalog(optionsFor(await newSchema())),
  };
}
