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
 * Installs Debian packages; looks for newer lists of packages only when those at hand do not do.
 *
 * @param {readonly string[]} packages
 * @param {AbortSignal} signal
 */
export async function installPackages(packages, signal) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const aptGet = (...args) =>
    runCommand(["apt-get", "-q", "-o", `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, ...args], {
      env,
      signal,
      timeoutMs: LONGEST_MS,
    });
  const install = () => aptGet("install", "-y", "--no-install-recommends", ...packages);
  try {
    await install();
  } catch (error) {
    if (error.code === "aborted") throw error;
    try {
      await aptGet("update");
      await install();
    } catch (cause) {
      const message = `the packages could not be installed: ${packages.join(" ")}\n${cause.message}`;
      throw new ServiceError("missing", message, { cause });
    }
  }
}
