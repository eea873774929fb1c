import { audit, type AuditOptions, type AuditResult } from "../audit/audit.ts";
import { checkLibrary } from "../check/check-library.ts";
import type { CheckOptions, CheckReport } from "../check/check-options.ts";
import { repairLibrary } from "../check/repair-library.ts";
import type { RepairOptions, RepairReport } from "../check/repair-options.ts";
import { collect } from "../collect/collect.ts";
import type { CollectOptions } from "../collect/collect-options.ts";
import type { CollectReport } from "../collect/collect-report.ts";
import type { LibraryContext } from "./library-context.ts";

/** Keeping a library small and sound. */
export interface Maintenance {
  /**
   * Deletes what nobody needs any more: versions and snapshots that were removed long enough ago, replaced pages, and
   * what transactions left behind that died or failed. Nothing that a head, a snapshot, or a running transaction needs
   * is ever deleted, whatever the clocks of the processes involved say, and however many collections run at once. It
   * may be broken off anywhere; the next one goes on.
   *
   * @throws {VersionStoreError} `data-integrity` or `format-too-new` when something that is needed cannot be read, so
   *   that it is not known what else is needed; `collection-refused` when more than `maxShare` would go;
   *   `read-only-library` unless it is a dry run; `concurrent-modification` when others kept disturbing it. Nothing was
   *   deleted then
   */
  collect(options?: CollectOptions): Promise<CollectReport>;

  /**
   * Looks for damage, and for what should not be there, without changing anything: the structure (level 0), that every
   * segment is there (1), the bytes of every segment (2). May run beside writers and collections: what they just
   * replaced or deleted is no finding. Damage ends nothing; a store that does not answer does.
   *
   * Level 1 holds about 26 bytes per blob in memory.
   *
   * @throws {VersionStoreError} `invalid-argument`
   */
  fsck(options?: CheckOptions): Promise<CheckReport>;

  /**
   * Puts right what can be put right without guessing, and by default only tells what it would do:
   *
   * - Heads that are lost, damaged, or lack pages are rebuilt from the documents of their versions. Versions that were
   *   removed and not yet collected may be back then, and a version that may never have been published is told.
   * - Intents that cannot be read are deleted.
   * - What died transactions left behind is collected.
   * - With `giveUpLost`, snapshots forget what nobody can read any more.
   *
   * Nothing is overwritten that changed since it was looked at. Damaged versions and segments cannot be brought back;
   * they are told. Writers may go on meanwhile, but a writer that is older than `minAgeMs` counts as dead. May be
   * repeated after a failure.
   *
   * @throws {VersionStoreError} `read-only-library` unless it is a dry run, `invalid-argument`
   */
  repair(options?: RepairOptions): Promise<RepairReport>;

  /**
   * Who changed what, when and why: told by the versions themselves, so that no change is missing. Versions that were
   * removed are not told any more. Reads the heads of the symbols, and pages of history only as far back as they can
   * matter.
   *
   * @throws {VersionStoreError} `invalid-argument`, `data-integrity` for a damaged page of history
   */
  audit(options?: AuditOptions): Promise<AuditResult>;
}

export function createMaintenance(context: LibraryContext): Maintenance {
  return {
    collect: (options) => collect(context, options),
    fsck: (options) => checkLibrary(context, options),
    repair: (options) => repairLibrary(context, options),
    audit: (options) => audit(context, options),
  };
}
