import { mkdirSync } from "node:fs";
import { isRunning, startServerProcess, stopServerProcess } from "./server-process.mjs";

const ATTEMPTS = 3;
const PORT_TAKEN = /address already in use|EADDRINUSE|unable to bind/i;

/**
 * Starts one server and writes it down. A start that fails leaves nothing behind; one that lost its port to another
 * program is made again.
 *
 * @param {import("./services.mjs").Service} service
 * @param {import("./state-folder.mjs").StateFolder} state
 * @param {AbortSignal} signal
 * @returns {Promise<import("./services.mjs").Connection>} how to reach it
 */
export async function startService(service, state, signal) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(service, state, signal);
    } catch (error) {
      if (attempt === ATTEMPTS || !PORT_TAKEN.test(error.message)) throw error;
    }
  }
}

async function startOnce(service, state, signal) {
  const { name } = service;
  const folder = state.serviceFolder(name);
  /** @type {import("./state-folder.mjs").ServiceRecord} */
  const record = {
    version: 1,
    name,
    state: "starting",
    processes: [],
    folders: [],
    connection: null,
  };
  state.write(record);
  try {
    mkdirSync(folder, { mode: 0o711 });
    const connection = await service.start({
      folder,
      signal,
      launch: async (options) => {
        signal.throwIfAborted();
        const server = await startServerProcess({ cwd: folder, ...options });
        record.processes.push(server);
        state.write(record);
        return server;
      },
      addFolder: (path) => {
        record.folders.push(path);
        state.write(record);
      },
    });
    record.state = "running";
    record.connection = connection;
    state.write(record);
    return connection;
  } catch (error) {
    await stopService(record, state);
    throw error;
  }
}

/**
 * Stops the processes of a record, the last started first, and removes what they kept.
 *
 * @returns {Promise<number>} how many processes still ran
 */
export async function stopService(record, state) {
  let stopped = 0;
  for (let index = record.processes.length - 1; index >= 0; index -= 1) {
    if (await stopServerProcess(record.processes[index])) stopped += 1;
  }
  state.remove(record);
  return stopped;
}

/** Why a recorded server cannot be used any more; null when it can. */
export async function whatIsWrong(service, record) {
  if (record.state !== "running") return "its start was interrupted";
  const dead = record.processes.find((server) => !isRunning(server));
  if (dead !== undefined) return `its process ${dead.name} (${dead.pid}) has ended`;
  try {
    await service.ask(record.connection);
    return null;
  } catch (error) {
    return `it does not answer: ${error.message}`;
  }
}
