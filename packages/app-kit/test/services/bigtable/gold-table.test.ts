import { openBigtableStore } from "@foretile/storage-bigtable";
import { bigtableService } from "@foretile/testkit/services";
import { afterAll, describe } from "vitest";

import { goldTableCases } from "../../gold/gold-table-cases.ts";

const { project, instance, endpoint, tablePrefix } = await bigtableService();
const store = await openBigtableStore({
  project,
  instance,
  emulatorHost: endpoint,
  // Leaves room for the names of tables, and is still unique enough.
  prefix: `${tablePrefix.slice(0, 12)}g`,
  mode: "create",
});
afterAll(() => store.close());

describe("a table of Gold's in Bigtable", () => {
  goldTableCases(store);
});
