import type { CallOptions } from "@foretile/storage";
import { findByCommit } from "../head/find-entry.ts";
import { withHead } from "../head/with-head.ts";
import {
  deleteVersion,
  type DeletedVersion,
  type DeleteVersionOptions,
} from "../retention/delete-version.ts";
import { listSymbols, type ListSymbolsOptions, type SymbolEntry } from "../version/list-symbols.ts";
import {
  listVersions,
  type ListedVersion,
  type ListVersionsOptions,
} from "../version/list-versions.ts";
import type { LibraryContext } from "./library-context.ts";

/** What versions there are. */
export interface Versions {
  /**
   * Every symbol with a value, in batches, ordered by escaped name (names too long for a key last), or by UTF-16 code
   * units with `snapshot`. A damaged head is an entry with its error; it does not end the listing.
   *
   * @throws {VersionStoreError} from the iteration: `no-such-snapshot`; `data-integrity` for a damaged snapshot or,
   *   with `where`, a damaged version
   */
  listSymbols(options?: ListSymbolsOptions): AsyncIterable<readonly SymbolEntry[]>;

  /**
   * The versions of a symbol, newest first, in batches; none for an unknown symbol. Reads one page of history per
   * batch, and what snapshots pin unless `skipSnapshots` is set. A `delete` is listed like any version as long as an
   * older version is readable by number, and not at all otherwise.
   *
   * @throws {VersionStoreError} from the iteration: `no-such-snapshot`, `invalid-argument` for a wrong `limit` or
   *   `before`, `data-integrity`, `format-too-new`
   */
  listVersions(
    symbol: string,
    options?: ListVersionsOptions,
  ): AsyncIterable<readonly ListedVersion[]>;

  /**
   * Whether the commit `commitId` of a symbol happened and its version is still there. For finding out what became of a
   * commit that ended with `commit-outcome-unknown`.
   */
  wasCommitted(symbol: string, commitId: string, options?: CallOptions): Promise<boolean>;

  /**
   * Deletes one version: its number cannot be read any more, and its data is deleted by a collection once the library's
   * grace time is over.
   *
   * @throws {VersionStoreError} `no-data-found`, `version-pinned` that names the snapshots, `invalid-argument` for the
   *   newest version without `allowLatest`, `data-integrity`, `read-only-library`, `concurrent-modification`,
   *   `commit-outcome-unknown`
   */
  deleteVersion(
    symbol: string,
    version: number,
    options?: DeleteVersionOptions,
  ): Promise<DeletedVersion>;
}

export function createVersions(context: LibraryContext): Versions {
  return {
    listSymbols: (options) => listSymbols(context, options),
    listVersions: (symbol, options) => listVersions(context, symbol, options),
    wasCommitted: (symbol, commitId, options) =>
      withHead(
        context,
        symbol,
        async (head) =>
          head !== undefined &&
          (await findByCommit(context, head, commitId, options)) !== undefined,
        options,
      ),
    deleteVersion: (symbol, version, options) => deleteVersion(context, symbol, version, options),
  };
}
