import { join } from "node:path";

import { open, type RootDatabase, type Transaction } from "lmdb";

import { systemClock } from "@foretile/resilience/system";
import { StorageError } from "@foretile/storage";

import { bytesDatabaseOptions } from "./database.ts";

/** Names of the gate's files in a store's folder: an LMDB database that stays empty, and its lock file. */
export const GATE_FILES = ["gate.mdb", "gate.mdb-lock"] as const;

/** Of nothing: LMDB's own pages. */
const MAP_BYTES = 1024 * 1024;

/** How often an opener looks whether a commit is under way before it keeps new ones back. */
const FREE_LOOKS = 25;
const LOOK_INTERVAL_MS = 2;

/** How long an opener keeps new commits back while those under way end: a commit is a write of tens of MB at most. */
const MAX_WAIT_MS = 30_000;

/**
 * Keeps the opening of a store and the commits to it apart, in all threads and processes.
 *
 * LMDB, as lmdb-js has it up to 3.5, reads the number of the newest transaction from the file when it opens one, and
 * writes it into the lock file a little later. What somebody commits between the two steps is built over by the next
 * commit (OpenLDAP ITS#9496). So nobody may commit meanwhile.
 *
 * The gate is an LMDB database of its own that never changes: whoever holds its write transaction may open, and a
 * commit under way is a read transaction in its table of readers. LMDB gives both back when their process is killed.
 */
export interface OpenGate {
  /**
   * Runs `work` while no commit is under way anywhere and none begins.
   *
   * @param work synchronous
   * @throws {StorageError} `unavailable` when a commit does not end in time; what `work` throws
   */
  open<T>(work: () => T): Promise<T>;
  /** Runs a commit. Waits, with the whole thread, while somebody opens the store, which takes milliseconds. */
  commit<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * @param path of the store's folder, which this process may write to; the gate's files are made where they are missing
 * @param maxWaitMs default half a minute
 */
export function openGate(path: string, maxWaitMs: number = MAX_WAIT_MS): OpenGate {
  const gate: RootDatabase<Uint8Array, Uint8Array> = open<Uint8Array, Uint8Array>({
    ...bytesDatabaseOptions,
    path: join(path, GATE_FILES[0]),
    noSubdir: true,
    overlappingSync: false,
    eventTurnBatching: false,
    mapSize: MAP_BYTES,
    maxDbs: 1,
  });

  function commitsUnderWay(): boolean {
    // Those of killed processes.
    gate.readerCheck();
    // A line for each reader, with its process, thread and transaction, which is "-" for one that reads nothing.
    return /\s\d+\n/.test(gate.readerList());
  }

  return {
    open: async (work) => {
      for (let looks = 1; ; looks += 1) {
        const done = gate.transactionSync(() => {
          if (commitsUnderWay()) {
            if (looks <= FREE_LOOKS) return undefined;
            waitSynchronously(() => !commitsUnderWay(), maxWaitMs, path);
          }
          return { result: work() };
        });
        if (done !== undefined) return done.result;
        await systemClock.sleep(LOOK_INTERVAL_MS);
      }
    },

    commit: async (work) => {
      let sign: Transaction | undefined;
      gate.transactionSync(() => {
        sign = gate.useReadTransaction();
      });
      try {
        return await work();
      } finally {
        sign?.done();
        gate.resetReadTxn();
      }
    },

    close: () => gate.close(),
  };
}

/** With the gate's write transaction held, which ends with the synchronous call. */
function waitSynchronously(isOver: () => boolean, maxWaitMs: number, path: string): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  const start = systemClock.monotonicMs();
  while (!isOver()) {
    if (systemClock.monotonicMs() - start > maxWaitMs) {
      throw new StorageError(
        "unavailable",
        `a commit to the store does not end, try again or stop its process path=${path}`,
      );
    }
    Atomics.wait(never, 0, 0, LOOK_INTERVAL_MS);
  }
}
