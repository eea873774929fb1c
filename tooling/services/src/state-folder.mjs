import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { ServiceError } from "./service-error.mjs";

const RECORD_VERSION = 1;

/**
 * What is written down about one server, so that a later command can find, check and stop it.
 *
 * @typedef {object} ServiceRecord
 * @property {1} version
 * @property {string} name
 * @property {"starting" | "running"} state "starting" also names what a killed command left behind
 * @property {import("./server-process.mjs").ServerProcess[]} processes in the order they were started
 * @property {string[]} folders folders elsewhere that go when the server goes
 * @property {import("./services.mjs").Connection | null} connection how to reach it; null until it is ready
 */

/** The folder `.services` of a checkout: a record `NAME.json` and a folder `NAME/` for each server. */
export class StateFolder {
  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  /** Others may pass through, as the user that runs PostgreSQL must, but not look around. */
  create() {
    mkdirSync(this.path, { recursive: true });
    chmodSync(this.path, 0o711);
  }

  recordPath(name) {
    return join(this.path, `${name}.json`);
  }

  serviceFolder(name) {
    return join(this.path, name);
  }

  /** @returns {ServiceRecord | null} */
  read(name) {
    const path = this.recordPath(name);
    if (!existsSync(path)) return null;
    let record;
    try {
      record = JSON.parse(readFileSync(path, "utf8"));
    } catch (cause) {
      throw new ServiceError("failed", unreadable(path), { cause });
    }
    if (record?.version !== RECORD_VERSION || record.name !== name) {
      throw new ServiceError("failed", unreadable(path));
    }
    return record;
  }

  /** Readers see the old record or the new one; only this user may read it, for it holds keys. */
  write(record) {
    const path = this.recordPath(record.name);
    const next = `${path}.next`;
    writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, path);
  }

  /** Forgets a stopped server with everything it kept. */
  remove(record) {
    for (const folder of record.folders) {
      // Whatever a record says, only folders that we make there are ours to delete.
      const ours = dirname(folder) === tmpdir() && basename(folder).startsWith("foretile-");
      if (ours) rmSync(folder, { recursive: true, force: true });
    }
    rmSync(this.serviceFolder(record.name), { recursive: true, force: true });
    rmSync(this.recordPath(record.name), { force: true });
  }

  /** Removes the folder itself once nothing is left in it. */
  removeIfEmpty() {
    try {
      rmdirSync(this.path);
    } catch (error) {
      if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    }
  }
}

function unreadable(path) {
  return `a record of a server cannot be read: end the server by hand and delete the file, path=${path}`;
}
