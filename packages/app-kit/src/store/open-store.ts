import type { Store } from "@foretile/storage";

import type { OpenMode, OpenStoreOptions } from "./store-scheme.ts";
import { parseStoreUrl } from "./store-url.ts";

/**
 * Opens the store of a URL: `lmdb:PATH`, or `memory:` for one that lives as long as the process.
 *
 * @throws {AppError} `invalid-store-url`, `unknown-scheme`
 * @throws {StorageError} `not-a-store`, `format-too-new`, `read-only`, `permission-denied`, …
 */
export async function openStore(
  url: string,
  mode: OpenMode,
  options?: OpenStoreOptions,
): Promise<Store> {
  const { scheme, location } = parseStoreUrl(url);
  return scheme.open(location, mode, options);
}
