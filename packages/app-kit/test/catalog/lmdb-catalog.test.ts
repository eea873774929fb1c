import { afterAll, describe, test } from "vitest";
import { createRowCatalog } from "@foretile/catalog";
import { catalogConformance } from "@foretile/catalog/conformance";
import { systemClock, systemIds } from "@foretile/resilience/system";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { temporaryFolder } from "@foretile/testkit";

const folders = new AsyncDisposableStack();
afterAll(() => folders.disposeAsync());

catalogConformance(
  { describe, test },
  {
    name: "rows in LMDB",
    open: async () => {
      const { path } = folders.use(await temporaryFolder());
      const store = folders.use(await openLmdbStore({ path, mode: "create" }));
      return createRowCatalog({ rows: store.table("catalog"), clock: systemClock, ids: systemIds });
    },
  },
);
