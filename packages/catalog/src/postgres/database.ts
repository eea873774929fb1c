import { Pool, type PoolClient, type QueryResultRow } from "pg";
import { abortedError } from "../catalog-calls.ts";
import { isSilence, translateError } from "./postgres-errors.ts";
import { Session } from "./session.ts";

export interface DatabaseOptions {
  /** `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`. Never part of an error or a log. */
  readonly connectionString: string;
  /** Schema of the tables. Default `public`. */
  readonly schema?: string | undefined;
  /** Most connections. Default 8. */
  readonly maxConnections?: number | undefined;
  /** The server ends a statement that takes longer. Default 60 000. */
  readonly statementTimeoutMs?: number | undefined;
  /** The server ends a statement that waits longer for a lock. Default 10 000. */
  readonly lockTimeoutMs?: number | undefined;
  /**
   * How long to wait for an answer of a server that does not end the statement itself: it hangs, or its host is gone.
   * Default: ten seconds more than `statementTimeoutMs`.
   */
  readonly answerTimeoutMs?: number | undefined;
  /** How long to wait for a connection. Default 10 000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Name in the server's list of sessions. Default `foretile`. */
  readonly applicationName?: string | undefined;
  /** The server refuses every change. Default `false`. */
  readonly readOnly?: boolean | undefined;
}

/** The server drops a transaction that stands still: its client is gone. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** An answer that is on its way when the server ends a statement must have time to come. */
const ANSWER_MARGIN_MS = 10_000;

/** Statements of one transaction, or single ones. */
export interface Queries {
  rows<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/**
 * A pool of sessions that are all in UTC. No statement of this package depends on that: times cross as seconds since
 * 1970. But defaults of the tables' columns do.
 */
export class Database {
  readonly #pool: Pool;

  constructor(options: DatabaseOptions) {
    const { schema = "public", maxConnections = 8, connectTimeoutMs = 10_000 } = options;
    const { statementTimeoutMs = 60_000, lockTimeoutMs = 10_000 } = options;
    const settings = {
      TimeZone: "UTC",
      search_path: quoteIdentifier(schema),
      statement_timeout: String(statementTimeoutMs),
      lock_timeout: String(lockTimeoutMs),
      default_transaction_read_only: options.readOnly === true ? "on" : "off",
      idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_MS),
    };
    this.#pool = new Pool({
      Client: Session,
      connectionString: options.connectionString,
      max: maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: options.answerTimeoutMs ?? statementTimeoutMs + ANSWER_MARGIN_MS,
      application_name: options.applicationName ?? "foretile",
      keepAlive: true,
      // A server that hangs never says goodbye: a session that nobody uses keeps no process.
      allowExitOnIdle: true,
      // Settings of the start of a session win over those of the role and of the database.
      options: Object.entries(settings)
        .map(([name, value]) => `-c ${name}=${escapeSetting(value)}`)
        .join(" "),
    });
    // A connection that is lost while nobody uses it concerns nobody: the pool makes another one.
    this.#pool.on("error", () => {});
  }

  /** One statement by itself. */
  async rows<R extends QueryResultRow>(
    signal: AbortSignal | undefined,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<R[]> {
    return this.#withClient(signal, (queries) => queries.rows<R>(text, values));
  }

  /** A transaction: all of it, or nothing. */
  async transaction<T>(
    signal: AbortSignal | undefined,
    work: (queries: Queries) => Promise<T>,
  ): Promise<T> {
    return this.#withClient(signal, async (queries) => {
      await queries.rows("begin");
      let result: T;
      try {
        result = await work(queries);
      } catch (error) {
        // A session that does not answer is dropped, which rolls back; one that cannot roll back is lost, which it tells
        // by an event. What led here is told by the error.
        if (!isSilence(error)) await queries.rows("rollback").catch(() => undefined);
        throw error;
      }
      try {
        await queries.rows("commit");
      } catch (error) {
        throw translateError(error, true);
      }
      return result;
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #withClient<T>(
    signal: AbortSignal | undefined,
    work: (queries: Queries) => Promise<T>,
  ): Promise<T> {
    const client = await this.#connect(signal);
    let broken: Error | undefined;
    const fail = (error: Error): void => {
      broken = error;
    };
    client.on("error", fail);
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      broken = signal === undefined ? undefined : abortedError(signal);
      aborted.reject(broken);
    };
    aborted.promise.catch(() => {});
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const queries: Queries = {
        rows: async <R extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
          (await client.query<R>(text, [...values])).rows,
      };
      return await Promise.race([work(queries), aborted.promise]);
    } catch (error) {
      const translated = translateError(error);
      // A session whose transaction may be open is not used again; ending it rolls back.
      if (!isServerError(error)) broken ??= translated;
      throw translated;
    } finally {
      signal?.removeEventListener("abort", abort);
      client.off("error", fail);
      client.release(broken);
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<PoolClient> {
    const connecting = this.#pool.connect();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      if (signal !== undefined) aborted.reject(abortedError(signal));
    };
    aborted.promise.catch(() => {});
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([connecting, aborted.promise]);
    } catch (error) {
      // When the waiting was given up, the session goes back to the pool as soon as it comes.
      void connecting.then(
        (client) => client.release(),
        () => undefined,
      );
      throw translateError(error);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Backslashes and spaces stand for themselves in the start options of a session. */
function escapeSetting(value: string): string {
  return value.replaceAll(/[\\ ]/g, "\\$&");
}

function isServerError(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error.severity === "ERROR";
}
