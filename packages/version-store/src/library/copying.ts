import { copyLibrary } from "../copy/copy-library.ts";
import type { CopyOptions, CopyReport, CopySource } from "../copy/copy-options.ts";
import type { LibraryContext } from "./library-context.ts";

/** Taking over what another library has. */
export interface Copying {
  /**
   * Copies symbols of another library, each version by a transaction of its own, oldest first. A copy keeps its number,
   * its commit's id, its time (or a later one, where the version before it is later here), user, message and metadata; its segments are stored as this library stores them, and
   * shared as they were. Nothing half-copied is ever visible. It may be broken off anywhere: what is there already is
   * not copied again. The source is only read.
   *
   * Numbers only grow: what the source has below the newest version here cannot be added, and a symbol that has another
   * version under one of the numbers is left alone. Both are told, and so is what is damaged; everything else is copied.
   *
   * A `delete` is copied as one that leaves earlier versions readable by number, since the source has them still. So
   * are versions that only a snapshot keeps. A copied snapshot has a new time of its own.
   *
   * @throws {VersionStoreError} `invalid-argument`, `read-only-library`, `quota-exceeded`, `concurrent-modification`,
   *   `transaction-expired`, `commit-outcome-unknown`. What was copied by then stays
   */
  copyFrom(source: CopySource, options?: CopyOptions): Promise<CopyReport>;
}

export function createCopying(context: LibraryContext): Copying {
  return { copyFrom: (source, options) => copyLibrary(context, source, options) };
}
