import type { Clock } from "@foretile/resilience";
import { systemClock } from "@foretile/resilience/system";
import type { Store } from "@foretile/storage";

import { acquireEnvironment } from "./environment-registry.ts";
import type { LmdbStoreMode } from "./lmdb-store-mode.ts";
import { createLmdbStore } from "./lmdb-store.ts";
import { inspectFolder } from "./store-folder.ts";

export interface LmdbStoreOptions {
  /** The folder of the store. Nothing else belongs into it. */
  readonly path: string;
  readonly mode: LmdbStoreMode;
  /** Decides the age of cells. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/**
 * Opens a store in a folder of a local disk.
 *
 * A folder may be open many times, in one process too. A read-only medium is read without a lock: nobody may write to
 * the same files by another way meanwhile.
 *
 * @throws {StorageError} `not-a-store` when there is nothing or something else, `conflict` when `create` meets a store,
 *   `format-too-new`, `damaged`, `read-only`, `permission-denied`, `full`, `unsupported` for a network file system
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<Store> {
  const { path, mode, clock = systemClock } = options;
  const folder = await inspectFolder(path, mode);
  const lease = await acquireEnvironment(folder, mode);
  return createLmdbStore(lease, { clock, writable: mode !== "read" });
}
