import { describe, expect, test } from "vitest";
import { minerIds, NOON, lowRequest, save, valid } from "../../../src/conformance/samples.ts";
import { isCatalogError, type CatalogErrorCode } from "../../../src/index.ts";
import {
  createPostgresCatalog,
  openPostgresCatalog,
  openValidatorDatabase,
} from "../../../src/postgres/index.ts";
import { NETWORK_TABLES } from "../../../src/postgres/schema/network-tables.ts";
import { postgresSchemas } from "./postgres-schemas.ts";

const { database, execute, newSchema, optionsFor, url } = await postgresSchemas();

const failure = (code: CatalogErrorCode, text: string | RegExp) =>
  expect.toSatisfy((error) => isCatalogError(error, code) && new RegExp(text).test(error.message));

async function schemaOf(...statements: readonly string[]): Promise<string> {
  const schema = await newSchema();
  await execute(`set search_path = ${schema}`);
  for (const statement of statements) await execute(statement);
  return schema;
}

async function tablesOf(schema: string): Promise<readonly unknown[]> {
  return execute(
    "select table_name, column_name from information_schema.columns where table_schema = $1",
    [schema],
  );
}

test("an empty schema must be set up first, and then is a catalog", async () => {
  const options = optionsFor(await newSchema());
  await expect(openPostgresCatalog(options)).rejects.toEqual(
    failure("not-a-catalog", "createPostgresCatalog"),
  );
  await (await createPostgresCatalog(options)).close();
  await using catalog = await openPostgresCatalog(options);
  expect(await catalog.currentMiners()).toEqual([]);
});

test("setting up again, also by many at once, changes nothing", async () => {
  const options = optionsFor(await newSchema());
  const catalogs = await Promise.all(
    Array.from({ length: 5 }, () => createPostgresCatalog({ ...options, maxConnections: 1 })),
  );
  const [first] = catalogs;
  if (first === undefined) throw new Error("no catalog");
  const [a = 0] = await minerIds(first, 1);
  await save(first, lowRequest("BTC", NOON), [valid(a)]);
  await Promise.all(catalogs.map((catalog) => catalog.close()));
  await using again = await createPostgresCatalog(options);
  expect(await again.findRequest(lowRequest("BTC", NOON))).toBeDefined();
  const [row] = await execute(
    `select count(*)::int as n from ${options.schema}.foretile_migrations`,
  );
  expect(row).toEqual({ n: 1 });
});

describe("a half-migrated schema is refused, with what to do, and left alone", () => {
  test.each([
    ["a table is missing", "drop table miner_rewards", "table miner_rewards is missing"],
    [
      "a column is missing",
      "alter table miner_predictions drop column bigtable_key",
      "column miner_predictions.bigtable_key is missing",
    ],
    [
      "a column has another type",
      "alter table miners alter column miner_uid type bigint",
      "column miners.miner_uid is bigint, not integer",
    ],
  ])("%s", async (_name, change, told) => {
    const schema = await schemaOf(
      NETWORK_TABLES,
      "create table alembic_version (version_num varchar(32))",
      "insert into alembic_version values ('668cbf4585eb')",
      change,
    );
    const before = await tablesOf(schema);
    for (const open of [createPostgresCatalog, openPostgresCatalog]) {
      await expect(open(optionsFor(schema))).rejects.toEqual(
        failure(
          "schema-mismatch",
          `${told}.*migrations to their head.*alembic_version=668cbf4585eb`,
        ),
      );
    }
    expect(await tablesOf(schema)).toEqual(before);
  });

  test("tables of something else with such a name", async () => {
    const schema = await schemaOf("create table miners (name text)");
    await expect(createPostgresCatalog(optionsFor(schema))).rejects.toEqual(
      failure("schema-mismatch", "use an empty schema"),
    );
  });
});

test("a table of something else in the place of ours is left alone", async () => {
  const schema = await schemaOf("create table foretile_requests (name text)");
  const before = await tablesOf(schema);
  await expect(createPostgresCatalog(optionsFor(schema))).rejects.toEqual(
    failure("schema-mismatch", "use another schema"),
  );
  expect(await tablesOf(schema)).toEqual(before);
});

test("a validator's database that is none names what to check", async () => {
  await using source = openValidatorDatabase(optionsFor(await newSchema()));
  await expect(source.lastRequestId()).rejects.toEqual(
    failure("schema-mismatch", "check the database and the schema"),
  );
});

test("a database of a newer release is not touched", async () => {
  const schema = await newSchema();
  await (await createPostgresCatalog(optionsFor(schema))).close();
  await execute(`insert into ${schema}.foretile_migrations values (99, 'later', now())`);
  for (const open of [createPostgresCatalog, openPostgresCatalog]) {
    await expect(open(optionsFor(schema))).rejects.toEqual(failure("format-too-new", "upgrade"));
  }
});

test("rules of labels that contradict each other are refused", async () => {
  const options = optionsFor(await newSchema());
  for (const labels of [
    [
      { label: "low", timeLengthSeconds: 86_400 },
      { label: "stocks", timeLengthSeconds: 86_400, assets: ["SPYX"] },
    ],
    [
      { label: "low", timeLengthSeconds: 86_400 },
      { label: "low", timeLengthSeconds: 3_600 },
    ],
  ]) {
    await expect(createPostgresCatalog({ ...options, labels })).rejects.toEqual(
      failure("invalid-argument", "label"),
    );
  }
});

test("two labels of one length are told by their assets, and by what we wrote", async () => {
  const labels = [
    { label: "crypto", timeLengthSeconds: 86_400, assets: ["BTC"] },
    { label: "stocks", timeLengthSeconds: 86_400, assets: ["SPYX"] },
  ];
  const schema = await newSchema();
  await using catalog = await createPostgresCatalog({ ...optionsFor(schema), labels });
  await execute(
    `insert into ${schema}.validator_requests (start_time, asset, time_increment, time_length,
       num_simulations) values (to_timestamp($1), 'SPYX', 300, 86400, 1000)`,
    [NOON],
  );
  await save(catalog, { ...lowRequest("BTC", NOON), label: "crypto" }, []);
  expect(await catalog.findRequest({ ...lowRequest("SPYX", NOON), label: "stocks" })).toMatchObject(
    {
      label: "stocks",
    },
  );
  expect(
    await catalog.findRequest({ ...lowRequest("SPYX", NOON), label: "crypto" }),
  ).toBeUndefined();
  const wrong = { ...lowRequest("SPYX", NOON + 60), label: "crypto" };
  await expect(save(catalog, wrong, [])).rejects.toEqual(failure("invalid-request", "rule"));
  const unknown = { ...lowRequest("BTC", NOON), label: "other" };
  await expect(save(catalog, unknown, [])).rejects.toEqual(
    failure("unknown-label", "crypto,stocks"),
  );
});

test("a role with the least privileges of the runbook does everything but set up", async () => {
  const schema = await newSchema();
  await (await createPostgresCatalog(optionsFor(schema))).close();
  const role = `${database}_r`;
  await execute(`create role ${role} login password 'secret' in role pg_monitor`);
  try {
    for (const grant of [
      `grant usage on schema ${schema} to ${role}`,
      `grant select, insert, update on all tables in schema ${schema} to ${role}`,
      `grant delete on ${schema}.miner_scores to ${role}`,
      `grant usage on all sequences in schema ${schema} to ${role}`,
    ]) {
      await execute(grant);
    }
    const own = new URL(url);
    own.username = role;
    own.password = "secret";
    const options = { ...optionsFor(schema), connectionString: own.href };
    await using catalog = await openPostgresCatalog(options);
    const [a = 0] = await minerIds(catalog, 1);
    const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    await catalog.softDelete([requestId], { reason: "test", atMs: 1 });
    const claim = { label: "low", deletedBeforeMs: 2, atMs: 2 };
    for await (const batch of catalog.claimDeletions(claim)) await catalog.confirmDeletions(batch);
    await catalog.dropScores({ label: "low", beforeUnixSeconds: NOON });

    const empty = { ...options, schema: await newSchema() };
    await execute(`grant usage on schema ${empty.schema} to ${role}`);
    await expect(createPostgresCatalog(empty)).rejects.toEqual(
      failure("permission-denied", "privilege"),
    );
  } finally {
    await execute(`drop owned by ${role}`);
    await execute(`drop role ${role}`);
  }
});
