import type { Store } from "@foretile/storage";
import { bigtableService } from "@foretile/testkit/services";
import { openBigtableStore, type BigtableStoreOptions } from "../../../src/index.ts";

type StoreOptions = Partial<BigtableStoreOptions>;

/** Stores in the test server, each in a place that no other test sees. */
export interface TemporaryStores {
  /** The next place. */
  place(): Pick<BigtableStoreOptions, "project" | "instance" | "prefix" | "emulatorHost">;
  /** Makes a store in the next place. */
  open(options?: StoreOptions): Promise<Store>;
  /** Closes a store of `open` or `reopen` and opens it again. */
  reopen(store: Store, options?: StoreOptions): Promise<Store>;
}

export async function temporaryStores(): Promise<TemporaryStores> {
  const { endpoint, project, instance, tablePrefix } = await bigtableService();
  // Leaves room for the number, and is still unique enough.
  const start = tablePrefix.slice(0, 12);
  const prefixes = new WeakMap<Store, string>();
  let places = 0;

  function place(): ReturnType<TemporaryStores["place"]> {
    places += 1;
    return { project, instance, prefix: `${start}${places}`, emulatorHost: endpoint };
  }

  async function openAt(prefix: string, options: StoreOptions): Promise<Store> {
    const store = await openBigtableStore({
      project,
      instance,
      emulatorHost: endpoint,
      prefix,
      mode: "create",
      ...options,
    });
    prefixes.set(store, prefix);
    return store;
  }

  return {
    place,
    open: (options = {}) => openAt(place().prefix, options),
    reopen: async (store, options = {}) => {
      await store.close();
      return openAt(prefixes.get(store) ?? "", { mode: "write", ...options });
    },
  };
}
