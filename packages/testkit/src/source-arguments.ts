/**
 * Arguments with which Node runs a program of ours from its TypeScript sources.
 *
 * The second one is what a pool of workers sets for such programs, see `PoolWorker` of worker-pool. V8 refuses compiled
 * code that was made with other flags: set from the start, a program and its threads share what was compiled before.
 */
export const SOURCE_ARGUMENTS: readonly string[] = [
  "--conditions=@foretile/source",
  "--wasm-wrapper-tiering-budget=2147483647",
];
