import type { Catalog } from "@foretile/catalog";
import { systemClock, systemIds } from "@foretile/resilience/system";

import type { ProgramContext } from "../program/program-context.ts";
import type { OpenedPredictions } from "../store/open-predictions.ts";
import type { OpenMode } from "../store/store-scheme.ts";
import { catalogScheme } from "./catalog-url.ts";

/**
 * Opens the catalog of a URL for a store that is open. Closing the catalog leaves the store open; it must be closed
 * first.
 *
 * @param mode `create` makes one where none is, and opens one that is there
 * @throws {AppError} `invalid-catalog-url`
 * @throws {CatalogError} `not-a-catalog`, `schema-mismatch`, `unavailable`, …; failures of the store
 */
export async function openCatalog(
  url: string,
  { store, predictions }: Pick<OpenedPredictions, "store" | "predictions">,
  mode: OpenMode,
  { clock = systemClock, signal }: Partial<Pick<ProgramContext, "clock" | "signal">>,
): Promise<Catalog> {
  const labels = await predictions.labels({ signal });
  return catalogScheme(url).open(url, { store, labels, mode, clock, ids: systemIds, signal });
}
