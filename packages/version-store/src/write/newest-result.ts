import type { CommitOptions } from "../commit/commit-options.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { resolveEntry } from "../version/resolve-version.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { checkExpectedVersion } from "./check-expected-version.ts";
import { withoutSegments, type StoreResult } from "./store-result.ts";

/** The newest version as the result of a change that changed nothing; `undefined` when there is no value. */
export async function newestResult(
  context: LibraryContext,
  symbol: string,
  options: CommitOptions,
): Promise<StoreResult | undefined> {
  ensureWritable(context);
  try {
    const entry = await resolveEntry(context, symbol, { signal: options.signal });
    checkExpectedVersion(symbol, entry, options);
    const { version, commitId, committedAtMs, contentHash, rows, storedBytes } = entry;
    const facts = { version, commitId, committedAtMs, contentHash, rows, storedBytes };
    return withoutSegments({ ...facts, changed: false });
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return undefined;
    throw error;
  }
}
