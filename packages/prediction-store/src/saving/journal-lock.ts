import type { IdSource } from "@foretile/resilience";
import { readdir, rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { PredictionStoreError } from "../prediction-store-error.ts";

const ENDING = ".lock";
/** 50 random bits: a name is never used twice. */
const RANDOM_CHARACTERS = 10;

/**
 * The right to write in a folder, as a socket in it that listens: the system closes it when its process ends, however it
 * ends, and then it refuses connections. What another one left behind is removed.
 *
 * Each process shows its own socket before it looks for others, and shows it only once it listens. So of two that start
 * at once at least one sees the other; both may, and then neither gets the folder. It holds among processes of one
 * machine, in containers too; not among machines that share a folder.
 */
export class JournalLock {
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** @throws {PredictionStoreError} `journal-in-use`; the file system's error */
  static async take(folder: string, ids: IdSource): Promise<JournalLock> {
    const name = `${process.pid}-${ids.nextId().slice(-RANDOM_CHARACTERS)}${ENDING}`;
    const path = join(folder, name);
    const server = await listen(`${path}.part`);
    const lock = new JournalLock(server, path);
    try {
      await show(path, folder);
      for (const other of await readdir(folder)) {
        if (!other.endsWith(ENDING) || other === name) continue;
        if (await isListening(join(folder, other))) throw inUse(folder, other);
        await rm(join(folder, other), { force: true });
      }
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Lets others have the folder. */
  async release(): Promise<void> {
    await rm(this.#path, { force: true });
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function show(path: string, folder: string): Promise<void> {
  try {
    await rename(`${path}.part`, path);
  } catch (error) {
    // Only who holds the folder tidies up what is not shown yet.
    if (codeOf(error) === "ENOENT") throw inUse(folder);
    throw error;
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (cause) =>
      reject(codeOf(cause) === "EINVAL" ? tooLong(path, cause) : cause),
    );
    // A lock keeps no process alive.
    server.listen(path, () => resolve(server.unref()));
  });
}

/** Whether a process listens; one that may not be asked, or has no time to answer, is there. */
function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      const code = codeOf(error);
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT");
    });
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function inUse(folder: string, lock?: string): PredictionStoreError {
  const who = lock === undefined ? "" : ` pid=${lock.slice(0, lock.indexOf("-"))}`;
  return new PredictionStoreError(
    "journal-in-use",
    `journal of spilled requests belongs to another writer; stop it, or use another folder folder=${folder}${who}`,
    { retry: "safe" },
  );
}

function tooLong(path: string, cause: Error): PredictionStoreError {
  return new PredictionStoreError(
    "journal-failed",
    `path of the journal is too long for the socket that locks it; use a shorter one path=${path}`,
    { cause },
  );
}
