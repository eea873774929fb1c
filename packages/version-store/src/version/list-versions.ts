import type { CallOptions } from "@foretile/storage";
import { readHead, type HeadState } from "../head/head-record.ts";
import { entriesNewestFirst, type ListEntriesOptions } from "../head/history.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { pinnedVersions } from "../snapshot/pins.ts";
import { readSnapshotEntry } from "../snapshot/read-snapshot.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import type { VersionEntry } from "./version-entry.ts";

export interface ListVersionsOptions extends CallOptions {
  /** Only the version that this snapshot pins. */
  readonly snapshot?: string | undefined;
  /** Only the newest. Default `false`. */
  readonly latestOnly?: boolean | undefined;
  /** Do not find out which snapshots pin the versions, which costs requests per snapshot. Default `false`. */
  readonly skipSnapshots?: boolean | undefined;
  /** Also a `delete` that has no readable version before it. Default `false`. */
  readonly includeDeleted?: boolean | undefined;
  /** At most so many, at least 1. Default: all. */
  readonly limit?: number | undefined;
  /** Only versions below this: the number of the last one listed goes on where a listing ended. */
  readonly before?: number | undefined;
}

/** A version of a symbol, as it is listed. */
export interface ListedVersion extends VersionEntry {
  /** Whether it says that the symbol was deleted, and has no value itself. */
  readonly deleted: boolean;
  /** The snapshots that pin it, in the order of UTF-16 code units; empty with `skipSnapshots`. */
  readonly snapshots: readonly string[];
}

/** A listing whose pages keep vanishing starts again from the newest head at most this often without getting further. */
const MAX_STARTS = 4;

/**
 * The versions of a symbol, newest first, in batches; none for an unknown symbol. Reads one page of history per batch. A
 * `delete` is listed like any version as long as an older version is readable by number, and not at all otherwise.
 *
 * @throws {VersionStoreError} `no-such-snapshot`, `invalid-argument` for a wrong `limit` or `before`, `data-integrity`,
 *   `format-too-new`
 */
export async function* listVersions(
  context: LibraryContext,
  symbol: string,
  options: ListVersionsOptions = {},
): AsyncGenerator<readonly ListedVersion[], void, undefined> {
  const { snapshot, latestOnly = false, skipSnapshots = false, includeDeleted = false } = options;
  const { before, signal } = options;
  checkPositive("before", before);
  checkPositive("limit", options.limit);
  headKey(symbol);
  const limit = latestOnly ? 1 : (options.limit ?? Infinity);
  const pins = skipSnapshots
    ? new Map<number, never>()
    : await pinnedVersions(context, symbol, { signal });
  const entries =
    snapshot === undefined
      ? entriesOfHead(context, symbol, { before, signal })
      : pinnedEntry(context, symbol, snapshot, { before, signal });
  let listed = 0;
  for await (const batch of includeDeleted ? entries : withoutBareDeletes(entries)) {
    const wanted = batch.slice(0, limit - listed);
    yield wanted.map((entry) => ({
      ...entry,
      deleted: entry.operation === "delete",
      snapshots: pins.get(entry.version) ?? [],
    }));
    listed += wanted.length;
    if (listed === limit) return;
  }
}

type EntryBatches = AsyncGenerator<readonly VersionEntry[], void, undefined>;

/**
 * Pages that a newer head replaced may be collected while the older one is listed: the listing goes on with the newest
 * head then, below the last version it gave.
 */
async function* entriesOfHead(
  context: LibraryContext,
  symbol: string,
  options: ListEntriesOptions,
): EntryBatches {
  const key = headKey(symbol);
  let { before } = options;
  let state = await readHead(context, key, symbol, options);
  for (let start = 1; state !== undefined; start += 1) {
    try {
      for await (const batch of entriesNewestFirst(context, state.head, { ...options, before })) {
        yield batch;
        before = batch.at(-1)?.version;
        start = 1;
      }
      return;
    } catch (error) {
      if (start === MAX_STARTS || !isVersionStoreError(error, "data-integrity")) throw error;
      const now: HeadState | undefined = await readHead(context, key, symbol, options);
      if (now?.token === state.token) throw error;
      state = now;
    }
  }
}

async function* pinnedEntry(
  context: LibraryContext,
  symbol: string,
  snapshot: string,
  { before = Infinity, signal }: ListEntriesOptions,
): EntryBatches {
  const entry = await readSnapshotEntry(context, snapshot, symbol, { signal });
  if (entry !== undefined && entry.version < before) yield [entry];
}

/** Leaves out every `delete` that has no readable version before it. */
async function* withoutBareDeletes(batches: EntryBatches): EntryBatches {
  let held: readonly VersionEntry[] = [];
  for await (const batch of batches) {
    const end = batch.findLastIndex(({ operation }) => operation !== "delete") + 1;
    if (end > 0) yield [...held, ...batch.slice(0, end)];
    held = end > 0 ? batch.slice(end) : [...held, ...batch];
  }
}

function checkPositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
  throw new VersionStoreError(
    "invalid-argument",
    `${name} must be a whole number of at least 1 ${name}=${value}`,
  );
}
