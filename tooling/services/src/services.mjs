import { bigtable } from "./bigtable.mjs";
import { outside } from "./outside.mjs";
import { postgres } from "./postgres.mjs";
import { s3 } from "./s3.mjs";

/**
 * How to reach a server; each kind adds fields of its own. Programs that are no servers have no host.
 *
 * @typedef {{ host?: string, port?: number } & Record<string, unknown>} Connection
 *
 * A kind of server.
 *
 * @typedef {object} Service
 * @property {string} name
 * @property {readonly string[]} packages Debian's packages that bring it
 * @property {string} advice what else a user can do when they are missing
 * @property {() => boolean} isInstalled
 * @property {(context: StartContext) => Promise<Connection>} start resolves with the connection once it answers
 * @property {(connection: any) => Promise<void>} ask rejects when the server does not answer
 *
 * @typedef {object} StartContext
 * @property {string} folder an empty folder for everything it keeps
 * @property {(options: object) => Promise<import("./server-process.mjs").ServerProcess>} launch starts a process that is
 *   written down at once
 * @property {(path: string) => void} addFolder writes down a folder elsewhere that goes with the server
 * @property {AbortSignal} signal
 * @property {Record<string, string>} [settings] of a server, over those that are meant for tests
 */

/** @type {readonly Service[]} */
export const services = [bigtable, s3, postgres, outside];
