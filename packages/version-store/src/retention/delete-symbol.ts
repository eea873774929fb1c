import type { CommitOptions } from "../commit/commit-options.ts";
import type { CommitResult } from "../commit/queued-commit.ts";
import { Transaction } from "../commit/transaction.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { pinnedVersions } from "../snapshot/pins.ts";
import { VersionStoreError } from "../version-store-error.ts";

export interface DeleteSymbolOptions extends Omit<CommitOptions, "skipUnchanged"> {
  /**
   * Whether a collection may delete the versions as soon as the library's grace time is over, instead of keeping them
   * as long as the library lets deletions be taken back. Default `false`.
   */
  readonly hard?: boolean | undefined;
}

/**
 * Deletes a symbol: a new version says that there is no value from here on, and all earlier versions are removed with
 * it, in one change of the head. Versions that snapshots pin stay readable by number. `undelete` takes it back, as long
 * as nothing was collected and nothing written since.
 *
 * @returns the version that says so
 * @throws {VersionStoreError} `no-data-found` when there is no such symbol or it was deleted before,
 *   `concurrent-modification` when `expectedVersion` is not the newest, `data-integrity` for a damaged history or
 *   snapshot, `read-only-library`, `commit-outcome-unknown`
 */
export async function deleteSymbol(
  context: LibraryContext,
  symbol: string,
  { hard = false, ...options }: DeleteSymbolOptions = {},
): Promise<CommitResult> {
  await using transaction = await Transaction.begin(context, symbol, { signal: options.signal });
  // A snapshot that is made at the same time may pin more: see carryOutPrune, why that harms nothing.
  const pins = await pinnedVersions(context, symbol, { signal: options.signal });
  const removes = {
    except: new Set(pins.keys()),
    undeleteMs: hard ? 0 : context.config.times.undeleteMs,
  };
  return await transaction.commit(({ newest }) => {
    if (newest === undefined || newest.operation === "delete") {
      throw new VersionStoreError(
        "no-data-found",
        newest === undefined
          ? `there is no such symbol symbol=${JSON.stringify(symbol)}`
          : `symbol was deleted before symbol=${JSON.stringify(symbol)} version=${newest.version}`,
        { details: { symbol } },
      );
    }
    return { operation: "delete", removes };
  }, options);
}
