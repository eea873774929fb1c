import type { CatalogScheme } from "./catalog-scheme.ts";

/** The table of the store that the catalog's rows are in. */
const TABLE = "catalog";

/** `store`: rows of the same store. */
export const storeCatalogScheme: CatalogScheme = {
  form: "store",
  matches: (url) => url.toLowerCase() === "store",
  check: () => undefined,
  open: async (_url, { store, mode, clock, ids, signal }) => {
    // Loaded here so that only programs that open such a catalog load it.
    const { createRowCatalog, openRowCatalog } = await import("@foretile/catalog");
    const open = mode === "create" ? createRowCatalog : openRowCatalog;
    return open({ rows: store.table(TABLE), clock, ids, signal });
  },
};
