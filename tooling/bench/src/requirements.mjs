import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages, whyNotInstall } from "@foretile/services/install-packages";
import { runCommand } from "@foretile/services/run-command";

const bench = join(dirname(fileURLToPath(import.meta.url)), "..");
const peers = join(bench, "peers");
const INSTALL_MS = 600_000;
/** Debian's, since its packages bring numba; others' Pythons do not see them. */
const PYTHON = "/usr/bin/python3";
const PYTHON_PACKAGES = ["python3", "python3-numpy", "python3-numba", "python3-psycopg2"];

/**
 * Brings about what subjects need, each of `peers`, `python` and `postgres` at most once.
 *
 * @param {ReadonlySet<string>} needs
 * @param {{ install: boolean, tell: (line: string) => void, startPostgres: () => Promise<string> }} options
 * @returns {Promise<{ problems: Map<string, string>, services: import("./subject.ts").Services }>} why a need
 *   is not met, and how to reach the others
 */
export async function meetRequirements(needs, { install, tell, startPostgres }) {
  const problems = new Map();
  /** @type {import("./subject.ts").Services} */
  const services = {};
  const meet = async (need, work) => {
    if (!needs.has(need)) return;
    try {
      await work();
    } catch (error) {
      problems.set(need, error.message);
    }
  };
  await meet("peers", () => installPeers(install, tell));
  await meet("python", async () => {
    await findPython(install, tell);
    services.python = PYTHON;
  });
  await meet("postgres", async () => {
    services.postgresUrl = await startPostgres();
  });
  return { problems, services };
}

/** The peers are a workspace of their own with a lockfile of its own, which nothing but this installs. */
async function installPeers(install, tell) {
  const installed = join(peers, "node_modules", ".modules.yaml");
  const isFresh =
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(peers, "pnpm-lock.yaml")).mtimeMs;
  if (isFresh) return;
  if (!install) throw new Error("the peers are not installed: run it without --no-install");
  tell("Installing the peers");
  const root = JSON.parse(await readFile(join(bench, "..", "..", "package.json"), "utf8"));
  const command = ["npx", "--yes", root.packageManager, "install", "--frozen-lockfile"];
  await runCommand(command, { cwd: peers, timeoutMs: INSTALL_MS });
}

async function findPython(install, tell) {
  if (hasPythonModules()) return;
  const advice = `apt-get install --no-install-recommends ${PYTHON_PACKAGES.join(" ")}`;
  const refusal = install ? whyNotInstall() : "--no-install was given";
  if (refusal !== null)
    throw new Error(`Debian's numpy and numba are missing (${refusal}): ${advice}`);
  tell(`Installing ${PYTHON_PACKAGES.join(" ")}`);
  await installPackages(PYTHON_PACKAGES);
  if (!hasPythonModules()) throw new Error(`${PYTHON} finds no numba: ${advice}`);
}

function hasPythonModules() {
  return spawnSync(PYTHON, ["-c", "import numpy, numba, psycopg2"]).status === 0;
}
