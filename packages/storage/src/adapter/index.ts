/**
 * What every adapter needs and would otherwise write again: the checks of arguments that the contracts promise, the
 * life of a store, batches of a listing, and the semantics of rows as pure functions.
 *
 * ```ts
 * import { checkBlob, createCallScope } from "@foretile/storage/adapter";
 *
 * const calls = createCallScope(() => service.disconnect());
 * const putNew = (key, bytes, options) =>
 *   calls.run(options?.signal, () => {
 *     checkBlob(bytes, capabilities);
 *     return service.put(key, bytes);
 *   });
 * ```
 *
 * @module
 */
export { batched } from "./batched.ts";
export { createCallScope, type CallScope } from "./call-scope.ts";
export {
  checkBatchSize,
  checkBlob,
  checkBlobPieces,
  checkByteRange,
  checkKeyRange,
  checkRefChange,
  checkTableName,
} from "./check-arguments.ts";
export {
  checkConditionalMutation,
  checkGarbageRule,
  checkReadRows,
  checkRowMutations,
} from "./check-row-arguments.ts";
export { fetchedBatches } from "./fetched-batches.ts";
export { applyMutations, filterCells, liveCells } from "./row-cells.ts";
export { rowRanges } from "./row-ranges.ts";
