import type { Store } from "../../src/index.ts";
import { applyLayer } from "../../src/layers/apply-layer.ts";
import { openMemoryStore } from "../../src/memory/index.ts";

/** Memory stores that can be closed and opened again with what they held. */
export function reopenableStores(): {
  open(): Promise<Store>;
  reopen(store: Store): Promise<Store>;
} {
  const kept = new WeakMap<Store, Store>();

  function openOn(inner: Store): Store {
    const store = applyLayer(
      { ...inner, close: async () => {} },
      { around: (call, proceed) => proceed(call.signal) },
    );
    kept.set(store, inner);
    return store;
  }

  return {
    open: async () => openOn(openMemoryStore()),
    reopen: async (store) => {
      await store.close();
      return openOn(kept.get(store) ?? openMemoryStore());
    },
  };
}
