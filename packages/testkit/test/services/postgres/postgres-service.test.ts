import { Client } from "pg";
import { expect, test } from "vitest";
import { postgresService } from "../../../src/services/index.ts";

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}

test("each caller has an empty database, in UTC", async () => {
  await using one = await postgresService();
  await using other = await postgresService();
  await query(one.url, "create table mine (n int)");
  const tables = "select tablename from pg_tables where schemaname = 'public'";
  expect(await query(one.url, tables)).toEqual([{ tablename: "mine" }]);
  expect(await query(other.url, tables)).toEqual([]);
  const settings = "select current_database() as database, current_setting('timezone') as zone";
  expect(await query(other.url, settings)).toEqual([{ database: other.database, zone: "UTC" }]);
});

test("a database goes with its caller, whoever is still on it", async () => {
  await using observer = await postgresService();
  const gone = await postgresService();
  const lingering = new Client({ connectionString: gone.url });
  const ended = new Promise((resolve) => {
    lingering.on("error", resolve);
  });
  await lingering.connect();
  await gone[Symbol.asyncDispose]();
  await ended;
  const databases = await query(observer.url, "select datname as name from pg_database");
  const names = databases.map(({ name }) => name);
  expect(names).toContain(observer.database);
  expect(names).not.toContain(gone.database);
});
