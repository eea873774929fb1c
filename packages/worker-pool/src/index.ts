/**
 * Worker threads that share the work of one program: each opens what it needs by itself, and only questions and answers
 * cross threads. Private: it is bundled into the programs.
 *
 * ```ts
 * // count-worker.ts
 * import { serveWork } from "@foretile/worker-pool/worker";
 *
 * serveWork<{ readonly url: string }, readonly string[], number>(async ({ url }) => {
 *   const opened = await openPredictions(url, "read");
 *   return {
 *     answer: async (keys, signal) => ({ answer: await countMiners(opened, keys, signal) }),
 *     [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
 *   };
 * });
 *
 * // the program
 * await using pool = new WorkerPool<readonly string[], number>(entry, { workerCount: 2, start: { url } });
 * const counts = await Promise.all(parts.map((keys) => pool.ask(keys, { signal })));
 * ```
 *
 * @module
 */
export { SharedRanges } from "./shared-ranges.ts";
export { type AskOptions, WorkerPool, type WorkerPoolOptions } from "./worker-pool.ts";
export {
  isWorkerPoolError,
  WorkerPoolError,
  type WorkerPoolErrorCode,
} from "./worker-pool-error.ts";
