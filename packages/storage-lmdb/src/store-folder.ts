import { constants } from "node:fs";
import { access, mkdir, open, readdir, realpath, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { StorageError } from "@foretile/storage";

import { padDataFile, readDataFile } from "./data-file.ts";
import { translateError } from "./errors.ts";
import type { LmdbStoreMode } from "./lmdb-store-mode.ts";
import { GATE_FILES } from "./open-gate.ts";

const DATA_FILE = "data.mdb";
const LOCK_FILE = "lock.mdb";
const FILES: readonly string[] = [DATA_FILE, LOCK_FILE, ...GATE_FILES];

/**
 * Files that LMDB makes anew. It makes a lock file without blocks and fills it through memory, where a full disk ends
 * the process.
 */
const REMADE_FILES: readonly string[] = [LOCK_FILE, ...GATE_FILES];
const REMADE_FILE_BYTES = 16 * 1024;

/** `f_type` of statfs(2) for the file systems on which a shared memory map is not one memory. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
]);

/** A folder that LMDB may open. */
export interface StoreFolder {
  /** Without symbolic links. */
  readonly path: string;
  /** The same for every path to the folder. */
  readonly id: string;
  readonly dataPath: string;
  /** Whether this process may change the files. */
  readonly writable: boolean;
  /** Whether it writes into the lock file, as readers do where they may: it then opens the store through the gate. */
  readonly locking: boolean;
}

/**
 * Everything that can be known about the folder before LMDB opens it. For `create` the folder is made.
 *
 * @throws {StorageError} see `openLmdbStore`
 */
export async function inspectFolder(path: string, mode: LmdbStoreMode): Promise<StoreFolder> {
  try {
    if (mode === "create") await makeFolder(resolve(path));
    return await inspect(path, mode);
  } catch (error) {
    throw explained(error, path, mode);
  }
}

async function inspect(given: string, mode: LmdbStoreMode): Promise<StoreFolder> {
  const path = await realpath(given);
  const folder = await stat(path, { bigint: true });
  if (!folder.isDirectory()) {
    throw new StorageError("not-a-store", `a store is a folder, not a file path=${path}`);
  }
  const disk = await statfs(path);
  refuseNetwork(path, disk.type);

  const names = new Set(await readdir(path));
  const foreign = [...names].find((name) => !FILES.includes(name));
  if (mode === "create" && foreign !== undefined) {
    throw new StorageError(
      "not-a-store",
      `folder for a new store must be empty path=${path} found=${foreign}`,
    );
  }
  const dataPath = join(path, DATA_FILE);
  const inFolder = (name: string): string => join(path, name);
  const files = FILES.filter((name) => names.has(name));
  const writable = await isWritable([path, ...files.map(inFolder)]);
  if (!writable && mode !== "read") {
    throw new StorageError("read-only", `store cannot be written from here path=${path}`);
  }
  const locking = writable || (names.has(LOCK_FILE) && (await isWritable([inFolder(LOCK_FILE)])));
  if (locking && !writable) await checkGate(path, names);
  const remadeBytes = REMADE_FILES.filter((name) => !names.has(name)).length * REMADE_FILE_BYTES;
  if (writable && disk.bavail * disk.bsize < remadeBytes) {
    throw new StorageError("full", `no room for the lock files path=${path}`);
  }
  if (names.has(DATA_FILE)) await checkDataFile(dataPath, mode, writable);
  else if (mode !== "create") throw noStore(path);
  return { path, dataPath, id: `${folder.dev}:${folder.ino}`, writable, locking };
}

/** Who may write the lock file and cannot make the gate's files needs those of others. */
async function checkGate(path: string, names: ReadonlySet<string>): Promise<void> {
  const there = GATE_FILES.filter((name) => names.has(name)).map((name) => join(path, name));
  if (there.length === GATE_FILES.length && (await isWritable(there))) return;
  throw new StorageError(
    "permission-denied",
    `who may write ${LOCK_FILE} needs to write ${GATE_FILES.join(" and ")} too path=${path}`,
  );
}

async function checkDataFile(path: string, mode: LmdbStoreMode, writable: boolean): Promise<void> {
  const file = await readDataFile(path);
  if (file.kind === "empty") {
    if (mode !== "create") throw noStore(dirname(path));
    return;
  }
  if (writable && file.missingBytes > 0) await padDataFile(path, file.missingBytes);
}

/** Makes the folder and those above it, with their names durable; one that is there already is fine. */
async function makeFolder(path: string): Promise<void> {
  // Not Node's recursive mkdir: it hides why the folder cannot be made, and never ends where names are refused.
  if ((await tryMakeFolder(path)) === "no parent") {
    await makeFolder(dirname(path));
    if ((await tryMakeFolder(path)) === "no parent") {
      throw new StorageError("read-only", `folder cannot be made here path=${path}`);
    }
  }
}

async function tryMakeFolder(path: string): Promise<"there" | "no parent"> {
  try {
    await mkdir(path);
  } catch (error) {
    const name = errorName(error);
    if (name === "EEXIST") return "there";
    if (name === "ENOENT" && dirname(path) !== path) return "no parent";
    throw error;
  }
  await syncFolder(dirname(path));
  return "there";
}

/** Flushes the names in a folder, which a flush of a file does not include. */
export async function syncFolder(path: string): Promise<void> {
  // Windows keeps names durable by itself and cannot open a folder.
  if (process.platform === "win32") return;
  await using folder = await open(path, "r");
  await folder.sync();
}

async function isWritable(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) await access(path, constants.R_OK);
  try {
    for (const path of paths) await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function refuseNetwork(path: string, type: number): void {
  const name = networkFileSystems.get(type >>> 0);
  if (name !== undefined) {
    throw new StorageError(
      "unsupported",
      `store needs a local disk, not a network file system path=${path} type=${name}`,
    );
  }
}

function noStore(path: string, cause?: unknown): StorageError {
  return new StorageError(
    "not-a-store",
    `no store here, make one with "foretile init --store lmdb:${path}"`,
    { cause, details: { path } },
  );
}

function explained(error: unknown, path: string, mode: LmdbStoreMode): StorageError {
  const name = errorName(error);
  if (name === "ENOENT") return noStore(path, error);
  if (name === "ENOTDIR" || name === "EEXIST") {
    return new StorageError("not-a-store", `a store is a folder, not a file path=${path}`, {
      cause: error,
    });
  }
  const translated = translateError(error, "opening");
  // Whoever may not make the folder may not write: that is what the caller has to change.
  return mode === "create" && translated.code === "permission-denied"
    ? new StorageError("read-only", `folder cannot be made here path=${path}`, { cause: error })
    : translated;
}

function errorName(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
