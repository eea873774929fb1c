import { AppError } from "@foretile/app-kit";
import type { Catalog, CatalogRequest } from "@foretile/catalog";
import { parseRequestKey } from "@foretile/prediction-store";

/**
 * The request of the catalog under a key.
 *
 * @throws {AppError} `not-found`
 * @throws {PredictionStoreError} `invalid-request` for a malformed key
 */
export async function findCatalogRequest(
  catalog: Catalog,
  key: string,
  signal: AbortSignal,
): Promise<CatalogRequest> {
  const found = await catalog.findRequest(parseRequestKey(key), { signal });
  if (found !== undefined) return found;
  throw new AppError("not-found", `the catalog has no such request request=${key}`, {
    hint: "see its requests with: foretile --store URL catalog requests --catalog URL",
  });
}
