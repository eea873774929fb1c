import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";

export type ServiceName = "bigtable" | "s3" | "postgres" | "outside";

/** Where addresses come from; the defaults are this process and this checkout. */
export interface ServiceSources {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The state folder of `pnpm services`. */
  readonly folder?: string;
}

const PATIENCE_MS = 5_000;

/** The variable that names a server of one's own: `FORETILE_TEST_BIGTABLE`, `_S3`, `_POSTGRES`, `_OUTSIDE`. */
function serviceVariable(name: ServiceName): string {
  return `FORETILE_TEST_${name.toUpperCase()}`;
}

/**
 * How to reach a server: the JSON of its variable when there is one, else what `pnpm services up` wrote down.
 *
 * @param fields names of the texts that must be there
 * @returns those fields
 * @throws Error that says what to do when there is none, or when a field is missing
 */
export function serviceAddress<Field extends string>(
  name: ServiceName,
  fields: readonly Field[],
  { environment = process.env, folder = checkoutFolder() }: ServiceSources = {},
): Record<Field, string> {
  const variable = serviceVariable(name);
  const given = environment[variable];
  const source = given === undefined ? `${folder}/${name}.json` : variable;
  const found = given === undefined ? recordedConnection(source) : (JSON.parse(given) as unknown);
  if (typeof found !== "object" || found === null) {
    throw new Error(
      `no server for this test: run "pnpm services up ${name}" or set ${variable}, service=${name}`,
    );
  }
  const values = new Map<string, unknown>(Object.entries(found));
  const address = {} as Record<Field, string>;
  for (const field of fields) {
    const value = values.get(field);
    if (typeof value !== "string" || value === "") {
      throw new Error(
        `a server for tests lacks a field, service=${name} field=${field} in=${source}`,
      );
    }
    address[field] = value;
  }
  return address;
}

/** Fails at once, and clearly, when nothing listens there any more. */
export function reached(name: ServiceName, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (cause?: Error): void => {
      socket.destroy();
      if (cause === undefined) resolve();
      else {
        const message = `the server for this test does not answer: run "pnpm services up ${name}", service=${name} at=${host}:${port}`;
        reject(new Error(message, { cause }));
      }
    };
    socket.on("connect", () => end());
    socket.on("error", end);
    socket.setTimeout(PATIENCE_MS, () => end(new Error(`no answer within ${PATIENCE_MS} ms`)));
  });
}

function recordedConnection(path: string): unknown {
  if (!existsSync(path)) return null;
  // Null until the server is ready.
  const { connection } = JSON.parse(readFileSync(path, "utf8")) as { connection: unknown };
  return connection;
}

function checkoutFolder(): string {
  return fileURLToPath(new URL("../../../../.services", import.meta.url));
}
