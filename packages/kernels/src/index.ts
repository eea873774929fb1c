/**
 * What has to run at memory speed, as WebAssembly with vectors, and the memory that it runs in. The packages that use
 * it have a plain twin of each kernel, for where there are no vectors and to test against.
 *
 * @module
 */
export {
  bucketCount,
  type CrpsKernel,
  EVALUATION_BYTES,
  hasCrpsKernel,
  loadCrpsKernel,
  MOST_MEMBERS,
  NO_START,
  scratchBytes,
  weightBytes,
} from "./crps-kernel.ts";
export { type HashKernel, LEAST_HASHED_BYTES, loadHashKernel } from "./hash-kernel.ts";
export { isKernelError, KernelError, type KernelErrorCode } from "./kernel-error.ts";
export { KernelMemory } from "./kernel-memory.ts";
export { type KernelPlace, KernelWorkspace } from "./kernel-workspace.ts";
export {
  hasPriceKernel,
  loadPriceKernel,
  PATHS_AT_ONCE,
  PRICE_PLACES_BYTES,
  PRICE_POWERS,
  type PriceKernel,
  TEXT_SLACK_BYTES,
  writePricePlaces,
} from "./price-kernel.ts";
export { BLOCK_BYTES, hasTileKernel, loadTileKernel, type TileKernel } from "./tile-kernel.ts";
