import { createPredictions, openCatalog, openPredictions } from "@foretile/app-kit";
import type { Catalog } from "@foretile/catalog";
import { systemClock } from "@foretile/resilience/system";

import { SMALL_LABEL } from "./small-request.ts";

/** How many miners the catalog of {@link makeCatalogStore} knows: 1001, 1002, … are not their ids, 1, 2, … are. */
const MINERS = 5;

/** Makes a store at a URL with the small label and a catalog. */
export async function makeCatalogStore(url: string, catalogUrl: string): Promise<void> {
  await using opened = await createPredictions(url, { labels: [SMALL_LABEL] });
  await using catalog = await openCatalog(catalogUrl, opened, "create", { clock: systemClock });
  const uids = Array.from({ length: MINERS }, (_, index) => index + 1);
  await catalog.registerMiners(
    uids.map((uid) => ({ uid, coldkey: `cold${uid}`, hotkey: `hot${uid}` })),
  );
}

/** Looks into the catalog of a store. */
export async function lookInto<T>(
  url: string,
  catalogUrl: string,
  look: (catalog: Catalog) => Promise<T>,
): Promise<T> {
  await using opened = await openPredictions(url, "read");
  await using catalog = await openCatalog(catalogUrl, opened, "read", { clock: systemClock });
  return await look(catalog);
}
