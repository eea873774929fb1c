import type { CallOptions } from "@foretile/storage";
import type { CommitResult } from "../commit/queued-commit.ts";
import { deleteSymbol, type DeleteSymbolOptions } from "../retention/delete-symbol.ts";
import type { RetentionPolicy } from "../retention/policy.ts";
import { prune, type PruneOptions, type PruneResult } from "../retention/prune.ts";
import {
  pruneLibrary,
  type PruneLibraryOptions,
  type PruneReport,
} from "../retention/prune-library.ts";
import { undelete, type UndeletedSymbol } from "../retention/undelete.ts";
import type { LibraryContext } from "./library-context.ts";

/** What stays and what goes. Nothing here deletes data: that is up to a collection, after the grace time. */
export interface Retaining {
  /**
   * Removes the versions of a symbol that a policy does not keep. They cannot be read by number any more at once; their
   * data is deleted by a collection once the library's grace time is over. Versions that snapshots pin and the newest
   * version stay, whatever the policy says. May be repeated after a failure.
   *
   * @returns nothing removed for a symbol that is not there
   * @throws {VersionStoreError} `invalid-argument` for a policy that cannot be meant, `read-only-library`,
   *   `data-integrity`, `concurrent-modification`, `commit-outcome-unknown`
   */
  prune(symbol: string, policy: RetentionPolicy, options?: PruneOptions): Promise<PruneResult>;

  /**
   * Prunes every symbol by one policy, see {@link prune}. A symbol that fails does not keep the others from being
   * pruned.
   *
   * @throws {VersionStoreError} `invalid-argument` for a policy that cannot be meant, `data-integrity` for a damaged
   *   snapshot
   */
  pruneLibrary(policy: RetentionPolicy, options?: PruneLibraryOptions): Promise<PruneReport>;

  /**
   * Deletes a symbol: a new version says that there is no value from here on, and all earlier versions are removed with
   * it, in one change of the head. Versions that snapshots pin stay readable by number. {@link undelete} takes it back
   * as long as nothing was collected and nothing written since; `hard` shortens that to the grace time.
   *
   * @returns the version that says so
   * @throws {VersionStoreError} `no-data-found` when there is no such symbol or it was deleted before,
   *   `concurrent-modification` when `expectedVersion` is not the newest, `data-integrity`, `read-only-library`,
   *   `commit-outcome-unknown`
   */
  delete(symbol: string, options?: DeleteSymbolOptions): Promise<CommitResult>;

  /**
   * Takes the deletion of a symbol back: its versions can be read again under their numbers.
   *
   * @throws {VersionStoreError} `no-data-found` when the symbol is not deleted, when something was written since, and
   *   when the deleted versions are being collected or gone; `data-integrity`, `read-only-library`,
   *   `concurrent-modification`, `commit-outcome-unknown`
   */
  undelete(symbol: string, options?: CallOptions): Promise<UndeletedSymbol>;
}

export function createRetaining(context: LibraryContext): Retaining {
  return {
    prune: (symbol, policy, options) => prune(context, symbol, policy, options),
    pruneLibrary: (policy, options) => pruneLibrary(context, policy, options),
    delete: (symbol, options) => deleteSymbol(context, symbol, options),
    undelete: (symbol, options) => undelete(context, symbol, options),
  };
}
