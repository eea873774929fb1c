import { open, type RootDatabase } from "lmdb";

import { StorageError } from "@foretile/storage";

import { bytesDatabaseOptions, type BytesDatabase } from "./database.ts";
import { commitFailure } from "./commit-failure.ts";
import { translateError } from "./errors.ts";
import { GroupCommit } from "./group-commit.ts";
import { keyText } from "./key-bytes.ts";
import type { LmdbStoreMode } from "./lmdb-store-mode.ts";
import { openGate, type OpenGate } from "./open-gate.ts";
import { RenewalBound } from "./renewal-bound.ts";
import { syncFolder, type StoreFolder } from "./store-folder.ts";
import { checkMarker, writeMarker } from "./store-marker.ts";

/**
 * Address space for the map, which costs no memory. Wide enough that the map is not made anew while others read from
 * it; a larger store still grows it.
 */
const MAP_BYTES = 2 ** 40;

/** How many bytes calls may touch before the file is mapped anew: bounds the process's memory, and costs milliseconds. */
const MAX_TOUCHED_BYTES = 256 * 1024 * 1024;

/** See `docs/formats/lmdb-layout-v1.md`. */
const databaseNames = ["meta", "blobs", "blob-lengths", "refs", "families", "cells"] as const;

type DatabaseName = (typeof databaseNames)[number];

/** The databases of an opened store, and the ways to use them. */
export interface Environment {
  /** Valid until the call that asked for them ends: see {@link Environment.use}. */
  readonly databases: Databases;
  readonly commits: GroupCommit;
  /** Whether commits are possible at all. */
  readonly writable: boolean;
  /**
   * Runs one call. While calls are under way the databases stay open; between calls they are closed and opened again
   * once enough bytes were touched, because what was touched of a mapped file counts as the process's memory.
   */
  use<T>(call: () => T | Promise<T>): Promise<T>;
  /** Notes that a call read or wrote so many bytes. */
  touch(bytes: number): void;
  /** Runs `work`, synchronous, on one snapshot: the newest at this moment, whoever committed it. */
  read<T>(work: () => T): T;
  close(): Promise<void>;
}

type Databases = Readonly<Record<DatabaseName, BytesDatabase>>;

interface Opened {
  readonly root: RootDatabase<Uint8Array, Uint8Array>;
  readonly databases: Databases;
}

/**
 * Opens LMDB in a folder that was inspected.
 *
 * @throws {StorageError} `not-a-store`, `conflict`, `format-too-new`, `damaged`, `read-only`, `full`
 */
export async function openEnvironment(
  folder: StoreFolder,
  mode: LmdbStoreMode,
  maxTouchedBytes: number = MAX_TOUCHED_BYTES,
): Promise<Environment> {
  let gate: OpenGate | undefined;
  try {
    gate = folder.locking ? openGate(folder.path) : undefined;
    const opened = await openThrough(gate, folder, mode);
    if (mode === "create") await syncFolder(folder.path);
    return createEnvironment(opened, gate, folder, maxTouchedBytes);
  } catch (error) {
    await gate?.close();
    const cause = mode === "create" ? await commitFailure(error, folder.dataPath) : error;
    throw translateError(cause, "opening");
  }
}

/** Opens the data file while nobody commits to it. */
async function openThrough(
  gate: OpenGate | undefined,
  folder: StoreFolder,
  mode: LmdbStoreMode,
): Promise<Opened> {
  let root: RootDatabase<Uint8Array, Uint8Array> | undefined;
  const openNow = (): Opened => {
    root = openRoot(folder);
    return { root, databases: mode === "create" ? create(root, folder) : openAll(root, folder) };
  };
  try {
    return gate === undefined ? openNow() : await gate.open(openNow);
  } catch (error) {
    await root?.close();
    throw error;
  }
}

function openRoot({ path, writable }: StoreFolder): RootDatabase<Uint8Array, Uint8Array> {
  return open<Uint8Array, Uint8Array>({
    ...bytesDatabaseOptions,
    path,
    noSubdir: false, // else a dot in the folder's name makes it a file
    // A resolved write is flushed, and nobody sees it before: with overlapping flushes it would be visible first.
    overlappingSync: false,
    // Calls are grouped here; its own grouping makes promises that nobody holds and that reject when a commit fails.
    eventTurnBatching: false,
    // One process shares one environment among its threads, so a reader opens it as a writer would, where it can.
    readOnly: !writable,
    mapSize: MAP_BYTES,
    maxDbs: databaseNames.length,
  });
}

function create(root: RootDatabase<Uint8Array, Uint8Array>, folder: StoreFolder): Databases {
  // LMDB keeps the databases' names as C strings, with the NUL.
  const ours: readonly string[] = databaseNames.map((name) => `${name}\0`);
  for (const name of root.getKeys()) {
    if (!ours.includes(keyText(name))) {
      throw new StorageError(
        "not-a-store",
        `folder holds another LMDB database path=${folder.path}`,
      );
    }
  }
  // An attempt that was cut off before the marker is taken up again here.
  const databases = collect((name) => root.openDB(name, bytesDatabaseOptions));
  root.transactionSync(() => {
    if (databases.meta.getKeysCount({ limit: 1 }) > 0) {
      throw new StorageError("conflict", `folder is a store already path=${folder.path}`);
    }
    writeMarker(databases.meta);
  });
  return databases;
}

function openAll(root: RootDatabase<Uint8Array, Uint8Array>, folder: StoreFolder): Databases {
  const openThere = (name: DatabaseName): BytesDatabase | undefined =>
    // lmdb-js gives `undefined` for a database that is not there, and its types lack the option.
    root.openDB(name, { ...bytesDatabaseOptions, create: false } as typeof bytesDatabaseOptions);
  const meta = openThere("meta");
  if (meta === undefined) {
    throw new StorageError("not-a-store", `folder holds another LMDB database path=${folder.path}`);
  }
  checkMarker(meta, folder.path);
  return collect((name) => {
    const database = name === "meta" ? meta : openThere(name);
    if (database !== undefined) return database;
    throw new StorageError("damaged", `store lacks a database path=${folder.path} name=${name}`);
  });
}

function collect(openOne: (name: DatabaseName) => BytesDatabase): Databases {
  return {
    meta: openOne("meta"),
    blobs: openOne("blobs"),
    "blob-lengths": openOne("blob-lengths"),
    refs: openOne("refs"),
    families: openOne("families"),
    cells: openOne("cells"),
  };
}

function createEnvironment(
  first: Opened,
  gate: OpenGate | undefined,
  folder: StoreFolder,
  maxTouchedBytes: number,
): Environment {
  const { writable, dataPath } = folder;
  let opened = first;
  const bound = new RenewalBound(maxTouchedBytes, async () => {
    await opened.root.close();
    opened = await openAgain(gate, folder);
  });

  function read<T>(work: () => T): T {
    try {
      // The snapshot that lmdb-js keeps for the rest of the event turn does not show what others committed since.
      opened.root.resetReadTxn();
      return work();
    } catch (error) {
      throw translateError(error, "reading");
    }
  }

  const commits = new GroupCommit(async (callback) => {
    // After a failure in the last step of a commit, LMDB refuses every transaction. A read says so; a write of lmdb-js
    // would wait for ever.
    read(() => opened.databases.meta.getKeysCount({ limit: 1 }));
    // A child transaction, because it alone can be rolled back when the callback throws.
    const commit = (): Promise<void> => opened.root.childTransaction(callback);
    try {
      await (gate === undefined ? commit() : gate.commit(commit));
    } catch (error) {
      throw await commitFailure(error, dataPath);
    }
  });

  return {
    get databases() {
      return opened.databases;
    },
    commits,
    writable,
    use: (call) => bound.use(call),
    touch: (bytes) => bound.touch(bytes),
    read,
    close: async () => {
      await bound.idle();
      // A renewal that failed left nothing open.
      if (!bound.failed) await opened.root.close();
      await gate?.close();
    },
  };
}

async function openAgain(gate: OpenGate | undefined, folder: StoreFolder): Promise<Opened> {
  try {
    return await openThrough(gate, folder, "write");
  } catch (error) {
    throw translateError(error, "reading");
  }
}
