/**
 * What has to run at memory speed, as WebAssembly with vectors, and the memory that it runs in. The packages that use
 * it have a plain twin of each kernel, for where there are no vectors and to test against.
 *
 * @module
 */
export { isKernelError, KernelError, type KernelErrorCode } from "./kernel-error.ts";
export { KernelMemory } from "./kernel-memory.ts";
export { BLOCK_BYTES, hasTileKernel, loadTileKernel, type TileKernel } from "./tile-kernel.ts";
