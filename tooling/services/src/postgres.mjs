import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, requireProgram } from "./find-program.mjs";
import { freePorts } from "./free-ports.mjs";
import { runCommand } from "./run-command.mjs";
import { ServiceError } from "./service-error.mjs";
import { waitUntilReady } from "./wait-until-ready.mjs";

const DEBIAN_VERSIONS = "/usr/lib/postgresql";
const USER = "foretile";
const DATABASE = "foretile";
// Every test worker may hold a pool.
const MAX_CONNECTIONS = 200;

/** A PostgreSQL cluster of its own, in UTC; never the cluster of the host. */
export const postgres = {
  name: "postgres",
  packages: ["postgresql"],
  advice: "or put initdb, postgres and psql of a PostgreSQL on the PATH",

  isInstalled() {
    return ["initdb", "postgres", "psql"].every(
      (name) => findProgram(name, debianFolders()) !== null,
    );
  },

  async start({ folder, launch, addFolder, signal, settings: wanted = {} }) {
    const owner = await unprivilegedUser();
    const data = await dataFolder(folder, owner, addFolder);
    const password = randomBytes(18).toString("base64url");
    await initialise(data, password, owner, signal);

    const [port] = await freePorts(1);
    const connection = connectionTo(port, password);
    const logPath = join(folder, "server.log");
    const settings = {
      listen_addresses: connection.host,
      port,
      unix_socket_directories: "",
      max_connections: MAX_CONNECTIONS,
      timezone: "UTC",
      log_timezone: "UTC",
      // The cluster is thrown away: it need not survive the machine.
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      ...wanted,
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
    const server = await launch({
      name: "postgres",
      command: [postgresProgram("postgres"), "-D", data, ...options],
      logPath,
      // Asks the server to end its sessions and to close; SIGTERM would wait for clients to leave.
      stopSignal: "SIGINT",
      cwd: data,
      ...owner,
    });
    const ask = async () => {
      await askPostgres(connection);
      return connection;
    };
    await waitUntilReady(ask, { server, logPath, timeoutMs: 60_000, signal });
    await query(connection, `create database ${DATABASE}`);
    return connection;
  },

  ask: askPostgres,
};

function connectionTo(port, password) {
  const host = "127.0.0.1";
  const url = `postgresql://${USER}:${password}@${host}:${port}/${DATABASE}`;
  return { host, port, url, user: USER, password, database: DATABASE };
}

function askPostgres(connection) {
  return query(connection, "select 1");
}

async function query({ host, port, user, password }, statement) {
  const target = ["-h", host, "-p", String(port), "-U", user, "-d", "postgres"];
  const command = [postgresProgram("psql"), "-X", "-q", "-t", ...target, "-c", statement];
  await runCommand(command, {
    env: { ...process.env, PGPASSWORD: password, PGCONNECT_TIMEOUT: "5" },
    cwd: "/",
    timeoutMs: 10_000,
  });
}

async function initialise(data, password, owner, signal) {
  const passwordFile = join(data, "..", "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner.uid !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  try {
    const command = [postgresProgram("initdb"), "-D", data, "-U", USER, "--pwfile", passwordFile];
    const options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"];
    await runCommand([...command, ...options], { cwd: data, signal, ...owner });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** PostgreSQL refuses to run as root; the package's own user runs it then. */
async function unprivilegedUser() {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = await Promise.all(
      ["-u", "-g"].map(async (flag) => Number(await runCommand(["id", flag, "postgres"]))),
    );
    return { uid, gid };
  } catch (cause) {
    const message =
      "PostgreSQL does not run as root and there is no user postgres: " +
      "run this as another user, or install Debian's package postgresql";
    throw new ServiceError("missing", message, { cause });
  }
}

/** Below our folder, or below the machine's folder for temporary files when the other user cannot get there. */
async function dataFolder(folder, owner, addFolder) {
  let place = join(folder, "cluster");
  mkdirSync(place, { mode: 0o700 });
  if (owner.uid !== undefined) {
    chownSync(place, owner.uid, owner.gid);
    const reached = runCommand(["test", "-w", place], { cwd: "/", ...owner });
    if (
      !(await reached.then(
        () => true,
        () => false,
      ))
    ) {
      place = mkdtempSync(join(tmpdir(), "foretile-postgres-"));
      addFolder(place);
      chownSync(place, owner.uid, owner.gid);
    }
  }
  const data = join(place, "data");
  mkdirSync(data, { mode: 0o700 });
  if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid);
  return data;
}

function postgresProgram(name) {
  return requireProgram(name, debianFolders());
}

/** Debian's PostgreSQL is not on the PATH; the newest version first. */
function debianFolders() {
  try {
    const versions = readdirSync(DEBIAN_VERSIONS);
    versions.sort((left, right) => Number(right) - Number(left));
    return versions.map((version) => join(DEBIAN_VERSIONS, version, "bin"));
  } catch {
    return [];
  }
}
