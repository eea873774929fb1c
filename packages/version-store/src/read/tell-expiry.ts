import type { LibraryContext } from "../library/library-context.ts";
import type { VersionRecord } from "../version/read-version.ts";
import { resolveEntry, type ResolveOptions } from "../version/resolve-version.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";

/**
 * Says why bytes of a version are missing: whether they were damaged, or the version was removed and collected since it
 * was resolved.
 *
 * @returns the error to throw instead of `error`
 */
export async function tellExpiry(
  context: LibraryContext,
  { symbol, version, commitId }: VersionRecord,
  error: unknown,
  { asOf, signal }: ResolveOptions,
): Promise<unknown> {
  if (!isVersionStoreError(error, "data-integrity")) return error;
  const isPinned = typeof asOf === "string" || (typeof asOf === "object" && "snapshot" in asOf);
  try {
    const now = await resolveEntry(context, symbol, { asOf: isPinned ? asOf : version, signal });
    if (now.commitId === commitId) return error;
  } catch (failure) {
    if (!isVersionStoreError(failure, "no-data-found", "no-such-snapshot")) return error;
  }
  return new VersionStoreError(
    "version-expired",
    `version was removed and collected while it was read symbol=${JSON.stringify(symbol)} version=${version}`,
    { cause: error, details: { symbol, version } },
  );
}
