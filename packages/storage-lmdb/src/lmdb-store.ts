import type { Clock } from "@foretile/resilience";
import { StorageError, type RowStore, type Store } from "@foretile/storage";
import { checkTableName, createCallScope, type CallScope } from "@foretile/storage/adapter";

import type { EnvironmentLease } from "./environment-registry.ts";
import { createLmdbBlobStore } from "./lmdb-blob-store.ts";
import { createLmdbRefStore } from "./lmdb-ref-store.ts";
import { createLmdbRowStore } from "./lmdb-row-store.ts";
import type { StoreContext } from "./store-context.ts";

export interface LmdbStoreSettings {
  readonly clock: Clock;
  readonly writable: boolean;
}

/** The contracts on one share of an environment, which closing gives back. */
export function createLmdbStore(lease: EnvironmentLease, settings: LmdbStoreSettings): Store {
  const { environment } = lease;
  const scope = createCallScope(() => lease.release());
  const calls: CallScope = {
    run: (signal, operation) => scope.run(signal, () => environment.use(operation)),
    close: () => scope.close(),
  };
  const tables = new Map<string, RowStore>();
  const context: StoreContext = {
    environment,
    write: settings.writable
      ? (bytes, work) => {
          environment.touch(bytes);
          return environment.commits.run(bytes, work);
        }
      : () => Promise.reject(new StorageError("read-only", "store was opened for reading")),
  };

  function table(name: string): RowStore {
    checkTableName(name);
    const there = tables.get(name);
    if (there !== undefined) return there;
    const created = createLmdbRowStore(calls, context, name, settings.clock);
    tables.set(name, created);
    return created;
  }

  return {
    blobs: createLmdbBlobStore(calls, context),
    refs: createLmdbRefStore(calls, context),
    table,
    close: () => calls.close(),
    [Symbol.asyncDispose]: () => calls.close(),
  };
}
