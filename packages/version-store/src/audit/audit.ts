import type { CallOptions, Key } from "@foretile/storage";
import { readHead } from "../head/head-record.ts";
import type { Head } from "../head/head.ts";
import { listHeads, type ListedHead } from "../head/list-heads.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { listVersions } from "../version/list-versions.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { NewestEntries, type AuditEntry } from "./newest-entries.ts";

/** Which changes are wanted. Several conditions at once: those that meet all of them. */
export interface AuditOptions extends CallOptions {
  /** Only changes of these symbols. Default: of all. */
  readonly symbols?: readonly string[] | undefined;
  /** Only changes of symbols that start with this. */
  readonly prefix?: string | undefined;
  /** Only changes by exactly this user. */
  readonly user?: string | undefined;
  /** Only changes with exactly this message. */
  readonly message?: string | undefined;
  /** Only changes at this time or later; milliseconds or a date. */
  readonly from?: number | Date | undefined;
  /** Only changes before this time. With the time of the last entry, a listing goes on where it ended. */
  readonly to?: number | Date | undefined;
  /** At most so many, the newest; 1 to 100 000. Default 1 000. */
  readonly limit?: number | undefined;
}

export interface AuditResult {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Symbols that could not be looked at. */
  readonly damaged: readonly { readonly key: Key; readonly error: Error }[];
}

const DEFAULT_LIMIT = 1000;

const MAX_LIMIT = 100_000;

/**
 * Who changed what, when and why: told by the versions themselves, so that no change is missing. Versions that were
 * removed are not told any more. Reads the heads of the symbols, and pages of history only as far back as they can matter.
 *
 * @throws {VersionStoreError} `invalid-argument`, `data-integrity` for a damaged page of history
 */
export async function audit(
  context: LibraryContext,
  options: AuditOptions = {},
): Promise<AuditResult> {
  const { limit = DEFAULT_LIMIT, symbols, prefix = "" } = options;
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new VersionStoreError(
      "invalid-argument",
      `limit must be a whole number from 1 to ${MAX_LIMIT} limit=${limit}`,
    );
  }
  const filter = {
    ...options,
    fromMs: timeOf("from", options.from),
    toMs: timeOf("to", options.to),
  };
  const newest = new NewestEntries(limit);
  const damaged: { key: Key; error: Error }[] = [];
  const heads =
    symbols === undefined
      ? listHeads(context, prefix, options)
      : headsOf(context, new Set(symbols), prefix, options);
  for await (const batch of heads) {
    for (const listed of batch) {
      if (listed.head === undefined) damaged.push({ key: listed.key, error: listed.error });
      else await addSymbol(context, listed.head, filter, newest);
    }
  }
  return { entries: newest.toArray(), damaged };
}

interface Filter extends CallOptions {
  readonly user?: string | undefined;
  readonly message?: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

async function addSymbol(
  context: LibraryContext,
  head: Head,
  filter: Filter,
  newest: NewestEntries,
): Promise<void> {
  const { symbol, recent, history } = head;
  const [oldestRecent] = recent;
  if (!addEntries(symbol, recent.toReversed(), filter, newest)) return;
  if (history.length === 0 || oldestRecent === undefined) return;
  const older = listVersions(context, symbol, {
    before: oldestRecent.version,
    skipSnapshots: true,
    includeDeleted: true,
    signal: filter.signal,
  });
  for await (const batch of older) {
    if (!addEntries(symbol, batch, filter, newest)) return;
  }
}

/** @returns whether older versions of the symbol may be wanted too */
function addEntries(
  symbol: string,
  entries: readonly VersionEntry[],
  { user, message, fromMs = Number.NEGATIVE_INFINITY, toMs = Infinity }: Filter,
  newest: NewestEntries,
): boolean {
  for (const entry of entries) {
    const { version, commitId, committedAtMs, operation } = entry;
    if (committedAtMs < fromMs || !newest.wants(committedAtMs)) return false;
    const isWanted =
      committedAtMs < toMs &&
      (user === undefined || user === entry.user) &&
      (message === undefined || message === entry.message);
    if (!isWanted) continue;
    newest.add({
      symbol,
      version,
      fromVersion: version - 1,
      commitId,
      committedAtMs,
      operation,
      user: entry.user,
      message: entry.message,
    });
  }
  return true;
}

async function* headsOf(
  context: LibraryContext,
  symbols: ReadonlySet<string>,
  prefix: string,
  options: CallOptions,
): AsyncGenerator<readonly ListedHead[], void, undefined> {
  for (const symbol of symbols) {
    const key = headKey(symbol);
    if (!symbol.startsWith(prefix)) continue;
    try {
      const state = await readHead(context, key, symbol, options);
      if (state !== undefined) yield [{ key, head: state.head }];
    } catch (error) {
      if (!isVersionStoreError(error, "data-integrity", "format-too-new")) throw error;
      yield [{ key, head: undefined, error }];
    }
  }
}

function timeOf(name: string, time: number | Date | undefined): number | undefined {
  if (time === undefined || !Number.isNaN(Number(time))) return time && Number(time);
  throw new VersionStoreError("invalid-argument", `${name} is no time ${name}=${String(time)}`);
}
