import { describe, test } from "vitest";
import { storeConformance } from "@foretile/storage/conformance";
import { temporaryStores } from "./temporary-stores.ts";

const stores = await temporaryStores();

storeConformance(
  { describe, test },
  { name: "bigtable", open: () => stores.open(), reopen: (store) => stores.reopen(store) },
);

storeConformance(
  { describe, test },
  {
    name: "bare bigtable",
    open: () => stores.open({ layers: false }),
    reopen: (store) => stores.reopen(store, { layers: false }),
  },
);
