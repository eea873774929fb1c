import type { CallOptions } from "@foretile/storage";
import { findByVersion } from "../head/find-entry.ts";
import { newestEntry, type Head } from "../head/head.ts";
import { removeVersions } from "../head/remove-versions.ts";
import { selectVersions } from "../head/version-selection.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { pinnedVersions } from "../snapshot/pins.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { editVersions } from "./edit-versions.ts";
import type { RemovedVersion } from "./prune-plan.ts";

export interface DeleteVersionOptions extends CallOptions {
  /** Whether it may be the newest version; the one before it is the newest then. Default `false`. */
  readonly allowLatest?: boolean | undefined;
}

/** A version that was deleted. */
export interface DeletedVersion extends RemovedVersion {
  /** Why pages that nothing needs, or the intent, could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

/**
 * Deletes one version: its number cannot be read any more, and its data is deleted by a collection once the library's
 * grace time is over. What was the newest at a time when it was, cannot be read by that time any more either, rather
 * than being taken for the version before.
 *
 * @throws {VersionStoreError} `no-data-found`, `version-pinned` that names the snapshots, `invalid-argument` for the
 *   newest version without `allowLatest`, `data-integrity` for a damaged history or snapshot, `read-only-library`,
 *   `concurrent-modification`, `commit-outcome-unknown`
 */
export async function deleteVersion(
  context: LibraryContext,
  symbol: string,
  version: number,
  { allowLatest = false, signal }: DeleteVersionOptions = {},
): Promise<DeletedVersion> {
  ensureWritable(context);
  const pins = await pinnedVersions(context, symbol, { signal });
  const { outcome, ...rest } = await editVersions<RemovedVersion>(
    context,
    symbol,
    async (head, writers) => {
      const found = head && (await findByVersion(context, head, version, { signal }));
      if (head === undefined || found === undefined || found.operation === "delete") {
        throw noSuchVersion(symbol, version);
      }
      // A snapshot that is made at the same time may pin it too: see carryOutPrune, why that harms nothing.
      refusePinned(symbol, version, pins.get(version));
      if (!allowLatest) refuseNewest(head, version);
      const removedAtMs = Math.floor(context.clock.nowMs());
      const removal = {
        selection: selectVersions([version]),
        reason: "prune",
        removedAtMs,
        keepUntilMs: removedAtMs,
      } as const;
      const next = await removeVersions(context, head, removal, writers, { signal });
      const { committedAtMs, operation, rawBytes, storedBytes } = found;
      return { next, outcome: { version, committedAtMs, operation, rawBytes, storedBytes } };
    },
    { signal },
  );
  if (outcome === undefined) throw noSuchVersion(symbol, version);
  return { ...outcome, ...rest };
}

function noSuchVersion(symbol: string, version: number): VersionStoreError {
  return new VersionStoreError(
    "no-data-found",
    `symbol has no such version symbol=${JSON.stringify(symbol)} version=${version}`,
    { details: { symbol, version } },
  );
}

function refusePinned(
  symbol: string,
  version: number,
  snapshots: readonly string[] | undefined,
): void {
  if (snapshots === undefined) return;
  const names = JSON.stringify(snapshots);
  throw new VersionStoreError(
    "version-pinned",
    `snapshots pin the version; delete them first symbol=${JSON.stringify(symbol)} version=${version} snapshots=${names}`,
    { details: { symbol, version, snapshots: names } },
  );
}

function refuseNewest(head: Head, version: number): void {
  if (newestEntry(head)?.version !== version) return;
  throw new VersionStoreError(
    "invalid-argument",
    `version is the newest; say allowLatest to make the one before it the newest symbol=${JSON.stringify(head.symbol)} version=${version}`,
    { details: { symbol: head.symbol, version } },
  );
}
