import type { LibraryContext } from "../library/library-context.ts";
import { resolveEntry, resolveRecord, type ResolveOptions } from "../version/resolve-version.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { factsOfVersion, type VersionFacts } from "./version-facts.ts";

/**
 * Reads a version's metadata and what else is known of it, without its value.
 *
 * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
 */
export async function readMetadata(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions = {},
): Promise<VersionFacts> {
  return factsOfVersion(await resolveRecord(context, symbol, options));
}

/**
 * Whether there is such a version with a value.
 *
 * @throws {VersionStoreError} `invalid-argument`, `data-integrity`, `format-too-new`
 */
export async function hasSymbol(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions = {},
): Promise<boolean> {
  try {
    await resolveEntry(context, symbol, options);
    return true;
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found", "no-such-snapshot")) return false;
    throw error;
  }
}
