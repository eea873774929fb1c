import { describe, test } from "vitest";
import type { Store } from "@foretile/storage";
import { storeConformance } from "@foretile/storage/conformance";
import { systemClock } from "@foretile/resilience/system";
import { openEnvironment } from "../src/environment.ts";
import { createLmdbStore } from "../src/lmdb-store.ts";
import { inspectFolder } from "../src/store-folder.ts";
import { temporaryStores } from "./temporary-stores.ts";

/** A store whose file is mapped anew after every call that touches anything. */
async function createRenewedStore(path: string): Promise<Store> {
  const environment = await openEnvironment(await inspectFolder(path, "create"), "create", 0);
  const lease = { environment, release: () => environment.close() };
  return createLmdbStore(lease, { clock: systemClock, writable: true });
}

const stores = temporaryStores(createRenewedStore);

storeConformance({ describe, test }, { name: "lmdb, mapped anew all the time", open: stores.open });
