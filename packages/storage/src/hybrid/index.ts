/**
 * One store of two: records and rows where compare-and-set is sure and fast, blobs where bytes are cheap.
 *
 * ```ts
 * import { createHybridStore } from "@foretile/storage/hybrid";
 * import { openMemoryStore } from "@foretile/storage/memory";
 *
 * await using store = createHybridStore({ refs: openMemoryStore(), blobs: openMemoryStore() });
 * ```
 *
 * @module
 */
export { createHybridStore, type HybridStoreParts } from "./create-hybrid-store.ts";
