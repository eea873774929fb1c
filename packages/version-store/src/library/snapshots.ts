import type { CallOptions } from "@foretile/storage";
import {
  createSnapshot,
  type CreatedSnapshot,
  type CreateSnapshotOptions,
} from "../snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../snapshot/delete-snapshot.ts";
import { listSnapshotSymbols } from "../snapshot/list-snapshot-symbols.ts";
import { listSnapshots, type ListedSnapshot } from "../snapshot/list-snapshots.ts";
import type { PinnedVersion } from "../snapshot/snapshot-page.ts";
import type { LibraryContext } from "./library-context.ts";

/** Named, pinned sets of versions. */
export interface Snapshots {
  /**
   * Names one version of each symbol: they can be read by that name from the moment this resolves until the snapshot is
   * deleted, whatever becomes of the symbols. Symbols without a value are left out.
   *
   * Holds about 300 bytes per symbol in memory.
   *
   * @throws {VersionStoreError} `duplicate-snapshot`, `no-data-found` that names all versions asked for and missing,
   *   `data-integrity` for a damaged head that is not skipped, `transaction-expired`, `commit-outcome-unknown`,
   *   `read-only-library`
   */
  snapshot(name: string, options?: CreateSnapshotOptions): Promise<CreatedSnapshot>;

  /**
   * Deletes a snapshot by one change of one record, whatever it pins. What only it kept is collected after the grace
   * time.
   *
   * @throws {VersionStoreError} `no-such-snapshot`, `commit-outcome-unknown`, `read-only-library`
   */
  deleteSnapshot(name: string, options?: CallOptions): Promise<void>;

  /**
   * Every snapshot, in batches, ordered by escaped name (names too long for a key last): one request per thousand. A
   * damaged record is an entry with its error; it does not end the listing.
   */
  listSnapshots(options?: CallOptions): AsyncIterable<readonly ListedSnapshot[]>;

  /**
   * What a snapshot pins, in batches, ordered by symbol.
   *
   * @throws {VersionStoreError} from the iteration: `no-such-snapshot`, `data-integrity`
   */
  listSnapshotSymbols(name: string, options?: CallOptions): AsyncIterable<readonly PinnedVersion[]>;
}

export function createSnapshots(context: LibraryContext): Snapshots {
  return {
    snapshot: (name, options) => createSnapshot(context, name, options),
    deleteSnapshot: (name, options) => deleteSnapshot(context, name, options),
    listSnapshots: (options) => listSnapshots(context, options),
    listSnapshotSymbols: (name, options) => listSnapshotSymbols(context, name, options),
  };
}
