import type { RowStore, Store } from "@foretile/storage";
import { checkTableName, createCallScope } from "@foretile/storage/adapter";

import { createBigtableBlobStore } from "./bigtable-blob-store.ts";
import { createBigtableRefStore } from "./bigtable-ref-store.ts";
import { createBigtableRowStore } from "./bigtable-row-store.ts";
import type { StoreContext } from "./store-context.ts";

/** The contracts on one connection, which closing ends. */
export function createBigtableStore(context: StoreContext): Store {
  const calls = createCallScope(() => context.connection.close());
  const tables = new Map<string, RowStore>();

  function table(name: string): RowStore {
    checkTableName(name);
    const there = tables.get(name);
    if (there !== undefined) return there;
    const created = createBigtableRowStore(calls, context, name);
    tables.set(name, created);
    return created;
  }

  return {
    blobs: createBigtableBlobStore(calls, context),
    refs: createBigtableRefStore(calls, context),
    table,
    close: () => calls.close(),
    [Symbol.asyncDispose]: () => calls.close(),
  };
}
