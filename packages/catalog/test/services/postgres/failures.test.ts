import { expect, test } from "vitest";
import { Client } from "pg";
import {
  lowRequest,
  minerIds,
  namesOf,
  NOON,
  save,
  score,
  valid,
} from "../../../src/conformance/samples.ts";
import { isCatalogError, type CatalogErrorCode } from "../../../src/index.ts";
import { createPostgresCatalog, openPostgresCatalog } from "../../../src/postgres/index.ts";
import { Database } from "../../../src/postgres/database.ts";
import { postgresSchemas } from "./postgres-schemas.ts";

const { database, execute, newSchema, open, optionsFor, url } = await postgresSchemas();

const failure = (code: CatalogErrorCode) =>
  expect.toSatisfy((error) => isCatalogError(error, code) && !tellsPassword(error));

function tellsPassword(error: Error): boolean {
  const password = new URL(url).password;
  return `${error.message} ${error.stack} ${JSON.stringify(error)}`.includes(password);
}

/** A session beside the catalog's that holds something. */
async function holding(...statements: readonly string[]): Promise<AsyncDisposable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin");
  for (const statement of statements) await client.query(statement);
  return {
    [Symbol.asyncDispose]: async () => {
      await client.query("rollback");
      await client.end();
    },
  };
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

test.each<[string, (address: URL) => void, CatalogErrorCode]>([
  ["nobody listens", (address) => (address.port = "1"), "unavailable"],
  ["a wrong password", (address) => (address.password = "wrong"), "permission-denied"],
  ["no password where one is wanted", (address) => (address.password = ""), "permission-denied"],
  ["a database that is not there", (address) => (address.pathname = "/nothing"), "not-a-catalog"],
])("%s", async (_name, change, code) => {
  const address = new URL(url);
  change(address);
  const options = { ...optionsFor("public"), connectionString: address.href };
  const before = openSockets();
  await expect(openPostgresCatalog(options)).rejects.toEqual(failure(code));
  // Or the process would stay for as long as the server has patience.
  await expect.poll(openSockets, { timeout: 5_000 }).toBe(before);
});

test("who waits too long for a lock is told, and the next call works", async () => {
  const schema = await newSchema();
  const options = { ...optionsFor(schema), lockTimeoutMs: 50 };
  await using catalog = await createPostgresCatalog(options);
  const [a = 0] = await minerIds(catalog, 1);
  const { requestId } = await save(catalog, lowRequest("BTC", NOON), [valid(a)]);
  const deletion = { reason: "test", atMs: 1 };
  {
    await using other = new AsyncDisposableStack();
    other.use(await holding(`lock table ${schema}.miner_predictions`));
    await expect(catalog.softDelete([requestId], deletion)).rejects.toEqual(failure("timeout"));
  }
  expect((await catalog.softDelete([requestId], deletion))[0]).toMatchObject({ changed: 1 });
});

test("a statement that takes too long is ended by the server", async () => {
  const schema = await newSchema();
  await (await createPostgresCatalog(optionsFor(schema))).close();
  const options = { ...optionsFor(schema), statementTimeoutMs: 3_000, lockTimeoutMs: 0 };
  await using catalog = await openPostgresCatalog(options);
  await using other = new AsyncDisposableStack();
  other.use(await holding(`lock table ${schema}.miners`));
  await expect(catalog.currentMiners()).rejects.toEqual(failure("timeout"));
});

test("a signal ends a call that waits in the server, and its session", async () => {
  const schema = await newSchema();
  await using catalog = await createPostgresCatalog({ ...optionsFor(schema), maxConnections: 1 });
  const controller = new AbortController();
  {
    await using other = new AsyncDisposableStack();
    other.use(await holding(`lock table ${schema}.miners`));
    const waiting = catalog.currentMiners({ signal: controller.signal });
    const queued = catalog.currentMiners({ signal: controller.signal });
    await untilSomebodyWaits();
    controller.abort();
    await expect(waiting).rejects.toEqual(failure("aborted"));
    await expect(queued).rejects.toEqual(failure("aborted"));
  }
  expect(await catalog.currentMiners()).toEqual([]);
});

test("a session that the server ends costs its call; what it had begun is undone", async () => {
  const schema = await newSchema();
  await using catalog = await createPostgresCatalog(optionsFor(schema));
  const [a = 0] = await minerIds(catalog, 1);
  {
    await using other = new AsyncDisposableStack();
    other.use(await holding(`lock table ${schema}.miner_predictions`));
    const saving = save(catalog, lowRequest("BTC", NOON), [valid(a)]);
    const outcome = Promise.allSettled([saving]);
    await untilSomebodyWaits();
    await execute(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = $1 and application_name = 'foretile' and wait_event_type = 'Lock'`,
      [database],
    );
    expect(await outcome).toEqual([{ status: "rejected", reason: failure("unavailable") }]);
  }
  expect(await namesOf(catalog.listRequests({ label: "low" }))).toEqual([]);
  expect(await save(catalog, lowRequest("BTC", NOON), [valid(a)])).toMatchObject({ created: true });
});

test("a session is in UTC whatever its role says", async () => {
  const [user] = await execute("select current_user as name");
  await execute(
    `alter role ${String(user?.["name"])} in database ${database} set timezone = 'Asia/Tokyo'`,
  );
  const beside = new Client({ connectionString: url });
  await beside.connect();
  const shown = await beside.query("show timezone");
  await beside.end();
  expect(shown.rows).toEqual([{ TimeZone: "Asia/Tokyo" }]);
  const own = new Database(optionsFor("public"));
  expect(await own.rows(undefined, "show timezone")).toEqual([{ TimeZone: "UTC" }]);
  await own.close();
});

test("a request of as many miners as there may be is saved and scored", async () => {
  await using catalog = await open();
  const ids: number[] = [];
  for (let first = 0; first < 4_096; first += 1_024) {
    const miners = Array.from({ length: 1_024 }, (_, index) => ({
      uid: first + index,
      coldkey: "c".repeat(60),
      hotkey: `h${first + index}`,
    }));
    ids.push(...(await catalog.registerMiners(miners)).map(({ id }) => id));
  }
  const rows = ids.map((id) => ({ ...valid(id), tileKey: `${"k".repeat(390)}${id}` }));
  const { requestId } = await save(catalog, lowRequest("BTC", NOON), rows);
  const scores = ids.map((id) => score(id, id));
  await catalog.writeScores({ requestId, requestVersion: 1, scores });
  expect((await catalog.readScores(requestId))?.scores).toHaveLength(4_096);
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await execute(
      `select count(*)::int as n from pg_stat_activity
       where datname = $1 and application_name = 'foretile' and wait_event_type = 'Lock'`,
      [database],
    );
    if (row?.["n"] !== 0) return;
  }
}
