/**
 * Blobs, refs and rows in Google Cloud Bigtable.
 *
 * ```ts
 * import { toKey } from "@foretile/storage";
 * import { openBigtableStore } from "@foretile/storage-bigtable";
 *
 * const place = { project: "my-project", instance: "my-instance", prefix: "forecasts" };
 * await using store = await openBigtableStore({ ...place, mode: "create" });
 * await store.blobs.putNew(toKey("greeting"), new TextEncoder().encode("hello"));
 * ```
 *
 * The store's table `low` is the Bigtable table `forecasts_low`, with nothing of the store's own in it. Blobs and refs
 * have tables whose names no table of rows can have. Calls are retried, bounded and given deadlines unless the bare
 * store is asked for.
 *
 * @module
 */
export type { BigtableLimits } from "./limits.ts";
export type { BigtablePlace } from "./bigtable-place.ts";
export {
  openBigtableStore,
  type BigtableStoreMode,
  type BigtableStoreOptions,
} from "./open-bigtable-store.ts";
export { planBigtableProvision, type BigtableProvisionOptions } from "./plan-bigtable-provision.ts";
export { probeBigtable, type BigtableProbeOptions } from "./probe-bigtable.ts";
export type { WantedFamilies } from "./store-tables.ts";
