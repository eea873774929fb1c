import { createRowCatalog } from "@foretile/catalog";
import { catalogConformance } from "@foretile/catalog/conformance";
import { systemClock, systemIds } from "@foretile/resilience/system";
import { openBigtableStore } from "@foretile/storage-bigtable";
import { bigtableService } from "@foretile/testkit/services";
import { afterAll, describe, test } from "vitest";

const { project, instance, endpoint, tablePrefix } = await bigtableService();
const store = await openBigtableStore({
  project,
  instance,
  emulatorHost: endpoint,
  // Leaves room for the names of tables, and is still unique enough.
  prefix: tablePrefix.slice(0, 12),
  mode: "create",
});
afterAll(() => store.close());

let tables = 0;

catalogConformance(
  { describe, test },
  {
    name: "rows in Bigtable",
    // Each catalog is a table of its own in one store.
    open: () => {
      tables += 1;
      const rows = store.table(`c${tables}`);
      return createRowCatalog({ rows, clock: systemClock, ids: systemIds });
    },
  },
);
