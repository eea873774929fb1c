import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { processIdentity } from "./process-identity.mjs";
import { ServiceError } from "./service-error.mjs";

const POLITE_MS = 10_000;
const FORCED_MS = 5_000;
const POLL_MS = 20;

/**
 * A server started by us, as it is written down: `pid` is also its process group.
 *
 * @typedef {{ name: string, pid: number, identity: string, stopSignal: NodeJS.Signals }} ServerProcess
 */

/**
 * Starts a server in a session of its own, so that it outlives this program and its terminal. It writes to `logPath`.
 *
 * @param {{ name: string, command: readonly [string, ...string[]], logPath: string, cwd: string,
 *   stopSignal?: NodeJS.Signals, env?: NodeJS.ProcessEnv, uid?: number, gid?: number }} options
 * @returns {Promise<ServerProcess>}
 */
export async function startServerProcess(options) {
  const { name, command, logPath, stopSignal = "SIGTERM", ...spawnOptions } = options;
  const [program, ...args] = command;
  const log = openSync(logPath, "a");
  try {
    const child = spawn(program, args, {
      ...spawnOptions,
      detached: true,
      stdio: ["ignore", log, log],
    });
    await once(child, "spawn");
    child.unref();
    const pid = Number(child.pid);
    // One that ended at once has no identity any more, and nothing of it is left to stop.
    return { name, pid, identity: processIdentity(pid) ?? "ended", stopSignal };
  } catch (cause) {
    throw new ServiceError("missing", `${program} did not start: ${cause.message}`, { cause });
  } finally {
    closeSync(log);
  }
}

/** Whether this very process still runs, not another one with its number. */
export function isRunning({ pid, identity }) {
  return processIdentity(pid) === identity;
}

/**
 * Stops a server and its whole process group, politely first. Does nothing to a process that merely has its number.
 *
 * @param {ServerProcess} server
 * @param {{ politeMs?: number }} [options] how long it may take before it is killed
 * @returns {Promise<boolean>} whether there was something to stop
 */
export async function stopServerProcess(server, { politeMs = POLITE_MS } = {}) {
  if (!isRunning(server)) return false;
  const ended =
    (await endsAfter(server, server.stopSignal, politeMs)) ||
    (await endsAfter(server, "SIGKILL", FORCED_MS));
  if (ended) {
    // What the leader left behind in its group.
    signalGroup(server.pid, "SIGKILL");
    return true;
  }
  throw new ServiceError(
    "failed",
    `a server does not end: look what holds it and end it by hand, name=${server.name} pid=${server.pid}`,
  );
}

async function endsAfter(server, signal, patienceMs) {
  signalGroup(server.pid, signal);
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (!isRunning(server)) return true;
    await sleep(POLL_MS);
  }
  return false;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
