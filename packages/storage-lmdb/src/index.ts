/**
 * The embedded store: blobs, refs and rows in one LMDB folder on a local disk.
 *
 * ```ts
 * import { toKey } from "@foretile/storage";
 * import { openLmdbStore } from "@foretile/storage-lmdb";
 *
 * await using store = await openLmdbStore({ path: "./forecasts", mode: "create" });
 * await store.blobs.putNew(toKey("greeting"), new TextEncoder().encode("hello"));
 * ```
 *
 * A resolved write is on the disk (flushed), and no reader sees a write before it is. Any number of processes, and
 * of threads in them, may open one folder; each call sees what any of them committed before it began. Calls that wait
 * for the disk together share one flush. Bytes handed over are not copied until they are written: whoever writes much
 * bounds how many calls are under way.
 *
 * What was touched of the file counts as the process's memory while anybody in it has the store open. Between calls the
 * store maps the file anew once 256 MiB were touched; threads of one process that read much close it now and then.
 *
 * @module
 */
export type { LmdbStoreMode } from "./lmdb-store-mode.ts";
export { openLmdbStore, type LmdbStoreOptions } from "./open-lmdb-store.ts";
