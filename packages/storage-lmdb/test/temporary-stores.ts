import { afterAll } from "vitest";
import type { Store } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { openLmdbStore } from "../src/index.ts";

/** Stores in folders of their own, which are deleted after the last test of the file. */
export interface TemporaryStores {
  readonly open: () => Promise<Store>;
  readonly reopen: (store: Store) => Promise<Store>;
}

/** @param create opens a new store in an empty folder */
export function temporaryStores(
  create: (path: string) => Promise<Store> = (path) => openLmdbStore({ path, mode: "create" }),
): TemporaryStores {
  const folders = new AsyncDisposableStack();
  const paths = new Map<Store, string>();
  afterAll(() => folders.disposeAsync());

  return {
    open: async () => {
      const { path } = folders.use(await temporaryFolder());
      const store = await create(path);
      paths.set(store, path);
      return store;
    },
    reopen: async (store) => {
      const path = paths.get(store);
      if (path === undefined) throw new Error("store is not one of these");
      await store.close();
      const again = await openLmdbStore({ path, mode: "write" });
      paths.set(again, path);
      return again;
    },
  };
}
