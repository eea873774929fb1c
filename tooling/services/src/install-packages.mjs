import { existsSync } from "node:fs";
import { findProgram } from "./find-program.mjs";
import { runCommand } from "./run-command.mjs";
import { ServiceError } from "./service-error.mjs";

const LOCK_WAIT_SECONDS = 300;
const LONGEST_MS = 900_000;

/** What keeps this program from installing packages; null when it may. */
export function whyNotInstall() {
  if (findProgram("apt-get") === null || !existsSync("/etc/debian_version")) {
    return "this is not a Debian system";
  }
  return process.getuid?.() === 0 ? null : "only root installs packages";
}

/**
 * Installs Debian packages; looks for newer lists of packages only when those at hand do not do. Runs to its end in a
 * session of its own, for an installation that is cut short leaves the system half configured.
 *
 * @param {readonly string[]} packages
 */
export async function installPackages(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, detached: true, timeoutMs: LONGEST_MS };
  const waiting = ["-q", "-o", `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`];
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  try {
    await runCommand(["apt-get", ...waiting, ...install], options);
  } catch {
    try {
      await runCommand(["apt-get", ...waiting, "update"], options);
      await runCommand(["apt-get", ...waiting, ...install], options);
    } catch (cause) {
      const message = `the packages could not be installed: ${packages.join(" ")}\n${cause.message}`;
      throw new ServiceError("missing", message, { cause });
    }
  }
}
