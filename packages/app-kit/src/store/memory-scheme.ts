import type { Store } from "@foretile/storage";

import type { StoreScheme } from "./store-scheme.ts";

const stores = new Map<string, Promise<Store>>();

/**
 * `memory:` or `memory:NAME`: one store per name and process, for trials and tests.
 * Everyone who opens it gets the same store, which therefore lives until the process ends.
 */
export const memoryScheme: StoreScheme = {
  name: "memory",
  placeholder: "[NAME]",
  isEphemeral: () => true,
  placement: () => "segments",
  open: async (name) => {
    let store = stores.get(name);
    store ??= import("@foretile/storage/memory").then(({ openMemoryStore }) => openMemoryStore());
    stores.set(name, store);
    return shared(await store);
  },
  planProvision: async () => [],
  probe: async () => [
    { what: "memory of this process", found: "lives as long as the process", ok: true },
  ],
};

async function stayOpen(): Promise<void> {}

/** The same store, whose end is not the opener's to decide. */
function shared(store: Store): Store {
  return {
    blobs: store.blobs,
    refs: store.refs,
    table: (name) => store.table(name),
    close: stayOpen,
    [Symbol.asyncDispose]: stayOpen,
  };
}
