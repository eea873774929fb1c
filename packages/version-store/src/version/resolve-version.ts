import type { CallOptions } from "@foretile/storage";
import {
  findByCommit,
  findByTime,
  findByVersion,
  findNthNewest,
  wasReplaced,
} from "../head/find-entry.ts";
import { newestEntry, type Head } from "../head/head.ts";
import { withHead } from "../head/with-head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { readSnapshotEntry } from "../snapshot/read-snapshot.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { describeAsOf, parseAsOf, type AsOf, type ResolvedAsOf } from "./as-of.ts";
import {
  readVersion,
  readVersionRecord,
  type Version,
  type VersionRecord,
} from "./read-version.ts";
import type { VersionEntry } from "./version-entry.ts";

export interface ResolveOptions extends CallOptions {
  /** Default: the newest version. */
  readonly asOf?: AsOf | undefined;
}

/**
 * Resolves a version with its manifest.
 *
 * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot`, `data-integrity`, `format-too-new`
 */
export function resolveVersion(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions = {},
): Promise<Version> {
  return resolveWith(context, symbol, options, (entry) =>
    readVersion(context, symbol, entry, options),
  );
}

/** Like {@link resolveVersion} without the manifest. */
export function resolveRecord(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions = {},
): Promise<VersionRecord> {
  return resolveWith(context, symbol, options, (entry) =>
    readVersionRecord(context, symbol, entry, options),
  );
}

/** Like {@link resolveVersion}, but only what the head knows. */
export function resolveEntry(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions = {},
): Promise<VersionEntry> {
  return resolveWith(context, symbol, options, async (entry) => entry);
}

async function resolveWith<T>(
  context: LibraryContext,
  symbol: string,
  options: ResolveOptions,
  read: (entry: VersionEntry) => Promise<T>,
): Promise<T> {
  const asOf = parseAsOf(options.asOf);
  if (asOf.kind === "snapshot") {
    const entry = await readSnapshotEntry(context, asOf.snapshot, symbol, options);
    return read(withValue(entry, symbol, asOf));
  }
  return withHead(
    context,
    symbol,
    async (head) =>
      read(withValue(head && (await find(context, head, asOf, options)), symbol, asOf)),
    options,
  );
}

async function find(
  context: LibraryContext,
  head: Head,
  asOf: Exclude<ResolvedAsOf, { readonly kind: "snapshot" }>,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  if (asOf.kind === "version") return findByVersion(context, head, asOf.version, options);
  if (asOf.kind === "nth-newest") return findNthNewest(context, head, asOf.n, options);
  if (asOf.kind === "commit") return findByCommit(context, head, asOf.commitId, options);
  if (asOf.kind === "latest") return newestEntry(head);
  const entry = await findByTime(context, head, asOf.timeMs, options);
  return entry !== undefined && wasReplaced(head, entry, asOf.timeMs) ? undefined : entry;
}

function withValue(
  entry: VersionEntry | undefined,
  symbol: string,
  asOf: ResolvedAsOf,
): VersionEntry {
  if (entry !== undefined && entry.operation !== "delete") return entry;
  throw new VersionStoreError(
    "no-data-found",
    entry === undefined
      ? `symbol has no such version symbol=${JSON.stringify(symbol)} ${describeAsOf(asOf)}`
      : `symbol was deleted symbol=${JSON.stringify(symbol)} ${describeAsOf(asOf)}`,
    { details: { symbol } },
  );
}
