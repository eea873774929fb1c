import { isStorageError, type StorageError } from "@foretile/storage";

import { translateError } from "./errors.ts";

/**
 * The most bytes in one transaction (a larger single call goes alone). Bounds the memory of uncommitted pages and how
 * long others wait; far above what a flush costs.
 */
const MAX_GROUP_BYTES = 32 * 1024 * 1024;

/** The most calls in one transaction: their work runs on this thread, at some 10 µs each. */
const MAX_GROUP_CALLS = 2_000;

/**
 * Runs a callback inside one write transaction: when it throws, nothing of it happens and the promise rejects with that
 * error; otherwise it resolves when all of it is durable, or rejects because it could not be made so.
 */
export type Transact = (callback: () => void) => Promise<unknown>;

interface Call {
  readonly bytes: number;
  /** Does the work inside the transaction and remembers what came of it. */
  readonly attempt: () => void;
  /** Hands over what came of it, after the commit. */
  readonly settle: () => void;
  readonly reject: (error: StorageError) => void;
}

/**
 * Puts all calls that wait at the same time into one transaction, and so behind one flush of the disk.
 *
 * Each call still stands alone: one that LMDB refuses is taken out, the rest is rolled back with it and done again.
 */
export class GroupCommit {
  readonly #transact: Transact;
  #waiting: Call[] = [];
  #running = false;

  constructor(transact: Transact) {
    this.#transact = transact;
  }

  /**
   * Runs `work` inside a write transaction and resolves with its result once that is durable.
   *
   * @param bytes about what the call will write
   * @param work synchronous; may run more than once, each time on the newest state and with nothing left of the time
   *   before. A `StorageError` it throws rejects this call alone, so it throws one only before its first write
   */
  run<T>(bytes: number, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let settle: () => void;
      this.#waiting.push({
        bytes,
        attempt: () => {
          try {
            const result = work();
            settle = () => resolve(result);
          } catch (error) {
            if (!isStorageError(error)) throw error;
            settle = () => reject(error);
          }
        },
        settle: () => settle(),
        reject,
      });
      if (!this.#running) void this.#runAll();
    });
  }

  async #runAll(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) await this.#runGroup();
    this.#running = false;
  }

  async #runGroup(): Promise<void> {
    let group: readonly Call[] = [];
    let current: Call | undefined;
    try {
      // The group is taken when the transaction has begun: whatever came while the lock was waited for joins.
      await this.#transact(() => {
        group = this.#takeGroup();
        for (current of group) current.attempt();
        current = undefined;
      });
    } catch (error) {
      if (current === undefined) {
        const failed = group.length > 0 ? group : this.#waiting.splice(0);
        const failure = translateError(error, "committing");
        for (const call of failed) call.reject(failure);
      } else {
        const refused = current;
        this.#waiting = [...group.filter((call) => call !== refused), ...this.#waiting];
        refused.reject(translateError(error, "writing"));
      }
      return;
    }
    for (const call of group) call.settle();
  }

  #takeGroup(): readonly Call[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((call, index) => {
      bytes += call.bytes;
      return index > 0 && (bytes > MAX_GROUP_BYTES || index >= MAX_GROUP_CALLS);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
