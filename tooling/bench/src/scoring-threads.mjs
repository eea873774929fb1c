import { Worker } from "node:worker_threads";

/** Tiles that a thread is given at once, as in the scorer. */
const TILES_AT_ONCE = 4;

/** Beside a tile: what panels and ensembles are worked on with, as in the scorer. */
const KERNEL_BYTES = 16 * 1024 * 1024;

/**
 * Threads that open the store themselves and score the tiles that they are told; who is free takes the next. No tile
 * crosses threads.
 *
 * @param {string} path of the store
 * @param {number} count
 * @param {number} tileValues most values of a tile
 */
export async function openScoringThreads(path, count, tileValues) {
  const data = { path, tileValues, kernelBytes: KERNEL_BYTES };
  const threads = Array.from({ length: count }, () => new ScoringThread(data));
  return {
    async score({ minerIds, ...job }, take) {
      let next = 0;
      const work = async (thread) => {
        while (next < minerIds.length) {
          const some = minerIds.slice(next, next + TILES_AT_ONCE);
          next += TILES_AT_ONCE;
          for (const [miner, crps] of await thread.score({ ...job, minerIds: some })) {
            take(miner, crps);
          }
        }
      };
      await Promise.all(threads.map(work));
    },
    close: () => Promise.all(threads.map((thread) => thread.close())),
  };
}

class ScoringThread {
  #worker;

  constructor(workerData) {
    this.#worker = new Worker(new URL("scoring-thread.mjs", import.meta.url), { workerData });
  }

  score(job) {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#worker.once("error", reject);
    this.#worker.once("message", (scores) => {
      this.#worker.off("error", reject);
      resolve(scores);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(job);
    return promise;
  }

  async close() {
    await this.#worker.terminate();
  }
}
