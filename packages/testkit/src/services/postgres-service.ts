import { Client } from "pg";
import { reached, serviceAddress } from "./service-address.ts";
import { uniqueName } from "./unique-name.ts";

const DEFAULT_PORT = 5432;

/** A database of the caller's own, empty at first; disposing of it drops it with all sessions on it. */
export interface PostgresService extends AsyncDisposable {
  /** `postgresql://USER:PASSWORD@HOST:PORT/DATABASE` of a user that may do anything in it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * An empty database on the PostgreSQL server for tests.
 *
 * @throws Error that says what to do when there is no server
 */
export async function postgresService(): Promise<PostgresService> {
  const address = serviceAddress("postgres", ["url"]);
  const url = new URL(address.url);
  const port = Number(url.port || DEFAULT_PORT);
  await reached("postgres", url.hostname, port);
  const database = uniqueName();
  await execute(address.url, `create database ${database}`);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    host: url.hostname,
    port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    [Symbol.asyncDispose]: () =>
      execute(address.url, `drop database if exists ${database} with (force)`),
  };
}

async function execute(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
