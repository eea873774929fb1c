import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const LOCKED = new URL("../peers/package.json", import.meta.url);
const VERSIONS = `import numpy, numba, psycopg2, sys
print(f"Python {sys.version.split()[0]}, numpy {numpy.__version__}, numba {numba.__version__}, psycopg2 {psycopg2.__version__.split()[0]}")`;

/**
 * What the measured subjects are made of, in one line.
 *
 * @param {readonly import("./subject.ts").Subject[]} subjects
 * @param {import("./subject.ts").Services} services
 */
export async function peerVersions(subjects, { python, postgresUrl }) {
  const needs = (name) => subjects.some((subject) => subject.needs.includes(name));
  const { dependencies } = JSON.parse(await readFile(LOCKED, "utf8"));
  const packages = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  const parts = [`SQLite ${process.versions.sqlite}`, ...(needs("peers") ? packages : [])];
  if (python !== undefined) parts.push((await run(python, ["-c", VERSIONS])).trim());
  if (postgresUrl !== undefined) {
    const answer = await run("psql", ["-X", "-A", "-t", "-c", "show server_version", postgresUrl]);
    parts.push(`PostgreSQL ${answer.trim()}`);
  }
  return parts.join(", ");
}

async function run(program, args) {
  const { stdout } = await promisify(execFile)(program, args);
  return stdout;
}
