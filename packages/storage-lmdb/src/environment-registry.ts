import { StorageError } from "@foretile/storage";

import { openEnvironment, type Environment } from "./environment.ts";
import type { LmdbStoreMode } from "./lmdb-store-mode.ts";
import type { StoreFolder } from "./store-folder.ts";

/** A share in an environment. */
export interface EnvironmentLease {
  readonly environment: Environment;
  /** Gives the share back, once; the last one closes the environment. */
  release(): Promise<void>;
}

interface Shared {
  readonly opening: Promise<Environment>;
  leases: number;
  closing: Promise<void> | undefined;
}

// One per thread, for all copies of this package: a second environment on the same folder would wait for the lock of
// the first, which needs this very thread to let go. Between threads lmdb-js shares the environment itself.
const registryKey = Symbol.for("@foretile/storage-lmdb/environments");
const registry: Map<string, Shared> = ((globalThis as { [registryKey]?: Map<string, Shared> })[
  registryKey
] ??= new Map());

/**
 * Opens the environment of a folder, or shares the one that this thread has open.
 *
 * @throws {StorageError} see `openEnvironment`; `conflict` when `create` meets an open store
 */
export async function acquireEnvironment(
  folder: StoreFolder,
  mode: LmdbStoreMode,
): Promise<EnvironmentLease> {
  for (;;) {
    const there = registry.get(folder.id);
    if (there === undefined) return open(folder, mode);
    if (there.closing === undefined) return share(there, folder, mode);
    await there.closing;
  }
}

async function open(folder: StoreFolder, mode: LmdbStoreMode): Promise<EnvironmentLease> {
  const shared: Shared = { opening: openEnvironment(folder, mode), leases: 1, closing: undefined };
  registry.set(folder.id, shared);
  try {
    return lease(shared, folder.id, await shared.opening);
  } catch (error) {
    registry.delete(folder.id);
    throw error;
  }
}

async function share(
  shared: Shared,
  folder: StoreFolder,
  mode: LmdbStoreMode,
): Promise<EnvironmentLease> {
  if (mode === "create") {
    throw new StorageError("conflict", `folder is a store already path=${folder.path}`);
  }
  const environment = await shared.opening;
  if (mode === "write" && !environment.writable) {
    throw new StorageError(
      "read-only",
      `store is open here from when its folder could not be written path=${folder.path}`,
    );
  }
  shared.leases += 1;
  return lease(shared, folder.id, environment);
}

function lease(shared: Shared, id: string, environment: Environment): EnvironmentLease {
  return {
    environment,
    release: async () => {
      shared.leases -= 1;
      if (shared.leases > 0) return;
      shared.closing = environment.close().finally(() => registry.delete(id));
      await shared.closing;
    },
  };
}
