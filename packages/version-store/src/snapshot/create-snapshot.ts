import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { Workspace } from "../commit/workspace.ts";
import { headKey, headRanges, snapshotKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { parseAsOf } from "../version/as-of.ts";
import { checkMetadata } from "../write/check-metadata.ts";
import { choosePins, type PinChoice } from "./choose-pins.ts";
import { commitPending, placePending, withdrawPending } from "./pending-snapshot.ts";
import { writeSnapshotPages } from "./write-snapshot-pages.ts";

/** Metadata of a snapshot is at most this many bytes when encoded: a listing reads that of every snapshot. */
export const MAX_SNAPSHOT_METADATA_BYTES: number = 64 * 1024;

export interface CreateSnapshotOptions extends CallOptions {
  /** The user's own words. Default: none. */
  readonly metadata?: DocumentValue | undefined;
  /** Only symbols that start with this. Default: all. */
  readonly prefix?: string | undefined;
  /** Symbols to leave out, whatever state they are in. */
  readonly skipSymbols?: Iterable<string> | undefined;
  /** Versions of single symbols: a version's number or, below 0, counted from the newest, −1. */
  readonly versions?: Readonly<Record<string, number>> | undefined;
  /**
   * Pins what was the newest then, by the times of the versions, instead of what is the newest now. Must be past; for a
   * cut through all symbols let it be past by more than a commit takes and clocks differ, since a commit that is under
   * way may yet bear an earlier time.
   */
  readonly consistentAt?: Date | number | undefined;
  /** Whether the name can never be used again, even once the snapshot is deleted. Default `false`. */
  readonly immutable?: boolean | undefined;
}

/** What a snapshot is, without what it pins. */
export interface SnapshotInfo {
  readonly name: string;
  readonly createdAtMs: number;
  /** How many symbols it pins a version of. */
  readonly symbolCount: number;
  /** The user's own words; `null` when there are none. */
  readonly metadata: DocumentValue;
  readonly immutable: boolean;
}

/** A snapshot that was made. */
export interface CreatedSnapshot extends SnapshotInfo {
  /** Why its intent could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

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
export async function createSnapshot(
  context: LibraryContext,
  name: string,
  options: CreateSnapshotOptions = {},
): Promise<CreatedSnapshot> {
  const { signal, immutable = false } = options;
  const choice = parseChoice(context, options);
  const metadata = checkSnapshotMetadata(options.metadata);
  snapshotKey(name);
  const workspace = await Workspace.open(context, {
    kind: "snapshot",
    symbols: [],
    snapshot: name,
    lifetimeMs: context.config.times.transactionLifetimeMs,
    signal,
  });
  const facts = { createdAtMs: Math.floor(context.clock.nowMs()), metadata, immutable };
  let placed = false;
  let symbolCount: number;
  try {
    // First of all: what is removed from a head once the name is taken stays in the store until the snapshot is made.
    await placePending(context, name, workspace.id, facts, { signal });
    placed = true;
    symbolCount = await pinVersions(context, name, workspace, choice, { signal });
  } catch (error) {
    // With an unknown outcome the snapshot may be there: its pages and its intent are for a collector then.
    if (!isVersionStoreError(error, "commit-outcome-unknown")) {
      await giveUp(context, placed ? name : undefined, workspace);
    }
    throw error;
  }
  const info: SnapshotInfo = { name, ...facts, symbolCount };
  // A failure to clean up must not look like a failure to make the snapshot.
  try {
    await workspace.close(workspace.attemptKeys);
    return info;
  } catch (error) {
    return { ...info, cleanupError: error as Error };
  }
}

/** @returns how many symbols are pinned */
async function pinVersions(
  context: LibraryContext,
  name: string,
  workspace: Workspace,
  choice: PinChoice,
  options: CallOptions,
): Promise<number> {
  const pins = await choosePins(context, choice, () => workspace.renewWhenDue(), options);
  const pages = await writeSnapshotPages(workspace, pins, options);
  options.signal?.throwIfAborted();
  await commitPending(context, name, workspace, pages);
  return pins.length;
}

/**
 * The failure itself is the one to tell: what cannot be cleaned up now is left to a collector, intent and all.
 *
 * @param name of the pending record, if there is one
 */
async function giveUp(
  context: LibraryContext,
  name: string | undefined,
  workspace: Workspace,
): Promise<void> {
  try {
    if (name !== undefined) await withdrawPending(context, name, workspace.id);
    await workspace.close([]);
  } catch {
    // See above.
  }
}

function parseChoice(context: LibraryContext, options: CreateSnapshotOptions): PinChoice {
  const { prefix = "", consistentAt } = options;
  headRanges(prefix);
  const skipSymbols = new Set(options.skipSymbols);
  for (const symbol of skipSymbols) headKey(symbol);
  const versions = new Map(Object.entries(options.versions ?? {}));
  for (const [symbol, version] of versions) {
    headKey(symbol);
    parseAsOf(version);
    if (symbol.startsWith(prefix) && !skipSymbols.has(symbol)) continue;
    throw new VersionStoreError(
      "invalid-argument",
      `a version is asked for of a symbol that is left out symbol=${JSON.stringify(symbol)} version=${version}`,
    );
  }
  const consistentAtMs = consistentAt === undefined ? undefined : Number(consistentAt);
  if (consistentAtMs !== undefined && !(consistentAtMs <= context.clock.nowMs())) {
    throw new VersionStoreError(
      "invalid-argument",
      `a snapshot can only be consistent at a time that is past consistent_at_ms=${consistentAtMs}`,
    );
  }
  return { prefix, skipSymbols, versions, consistentAtMs };
}

function checkSnapshotMetadata(metadata: DocumentValue | undefined): DocumentValue {
  const checked = checkMetadata(metadata) ?? null;
  const found = encodeCanonical(checked).length;
  if (found <= MAX_SNAPSHOT_METADATA_BYTES) return checked;
  throw new VersionStoreError(
    "invalid-argument",
    `metadata of a snapshot is too large limit=${MAX_SNAPSHOT_METADATA_BYTES} found=${found}`,
  );
}
