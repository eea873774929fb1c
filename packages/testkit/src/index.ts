/**
 * Virtual time, seeded randomness and temporary folders for tests.
 *
 * ```ts
 * import { createVirtualClock } from "@foretile/testkit";
 *
 * const clock = createVirtualClock({ startMs: 0 });
 * const slept = clock.sleep(1_000);
 * await clock.advance(1_000);
 * await slept;
 * ```
 *
 * @module
 */
export { createInstantClock } from "./instant-clock.ts";
export { readIntoByGet } from "./read-into-by-get.ts";
export { createSeededRandom } from "./seeded-random.ts";
export { SOURCE_ARGUMENTS } from "./source-arguments.ts";
export { dumpStore, loadStore, type DumpableStore, type StoreDump } from "./store-dump.ts";
export { temporaryFolder, type TemporaryFolder } from "./temporary-folder.ts";
export { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";
