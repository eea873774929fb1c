import type { PlacementName } from "@foretile/version-store";

import { parseStoreUrl } from "./store-url.ts";

/**
 * Where a new library at a URL puts segments unless it is told.
 *
 * @throws {AppError} `invalid-store-url`, `unknown-scheme`
 */
export function defaultPlacement(url: string): PlacementName {
  const { scheme, location } = parseStoreUrl(url);
  return scheme.placement(location);
}
