/**
 * A store in the memory of the process: every promise of the contracts except durability. For tests, demos and as the
 * model that adapters are compared with.
 *
 * ```ts
 * import { toKey } from "@foretile/storage";
 * import { openMemoryStore } from "@foretile/storage/memory";
 *
 * await using store = openMemoryStore();
 * await store.blobs.putNew(toKey("greeting"), new TextEncoder().encode("hello"));
 * ```
 *
 * @module
 */
export {
  openMemoryStore,
  type MemoryStoreLimits,
  type MemoryStoreOptions,
} from "./memory-store.ts";
