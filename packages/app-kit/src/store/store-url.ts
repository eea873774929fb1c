import { bigtableScheme } from "./bigtable-scheme.ts";
import { createHybridScheme } from "./hybrid-scheme.ts";
import { lmdbScheme } from "./lmdb-scheme.ts";
import { memoryScheme } from "./memory-scheme.ts";
import { s3Scheme } from "./s3-scheme.ts";
import { formsOf, splitStoreUrl, type StoreLocation } from "./split-store-url.ts";
import type { StoreScheme } from "./store-scheme.ts";

/** Every back end the programs can open. A later one joins here with a file of its own. */
const simpleSchemes: readonly StoreScheme[] = [lmdbScheme, bigtableScheme, s3Scheme, memoryScheme];

const schemes: readonly StoreScheme[] = [...simpleSchemes, createHybridScheme(simpleSchemes)];

/** The forms of a store URL, for help texts: `lmdb:PATH, memory:[NAME]`. */
export function storeUrlForms(): string {
  return formsOf(schemes);
}

/**
 * Reads a store URL, `SCHEME:LOCATION`.
 *
 * @throws {AppError} `invalid-store-url` where there is no scheme, `unknown-scheme` for one that is not in the table
 */
export function parseStoreUrl(url: string): StoreLocation {
  return splitStoreUrl(url, schemes);
}
