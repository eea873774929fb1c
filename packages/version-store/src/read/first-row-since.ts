import type { CallOptions } from "@foretile/storage";
import type { Content } from "../content/content.ts";
import { entriesNewestFirst } from "../head/history.ts";
import { withHead } from "../head/with-head.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Version } from "../version/read-version.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * The first row of a version that was appended after an earlier one.
 *
 * @throws {VersionStoreError} `no-data-found` when there is no such earlier version, `not-append-only` when something
 *   else than appends and changes of metadata happened since, or a version in between was removed so that nobody can
 *   tell; `invalid-argument` for an opaque value, `invalid-range` for a later version
 */
export async function firstRowSince(
  context: LibraryContext,
  { symbol, version, commitId }: Version,
  { handler }: Content,
  since: number,
  options?: CallOptions,
): Promise<number> {
  if (handler.rowwise === undefined) {
    throw new VersionStoreError("invalid-argument", "an opaque value is never appended to");
  }
  if (!Number.isSafeInteger(since) || since < 1 || since > version) {
    throw new VersionStoreError(
      "invalid-range",
      `since must be a version up to the one that is read since=${since} version=${version}`,
      { details: { symbol, since, version } },
    );
  }
  const entries = await entriesBetween(context, symbol, since, version, options);
  const first = entries.at(-1);
  if (first?.version !== since || first.operation === "delete") {
    throw new VersionStoreError(
      "no-data-found",
      `symbol has no such version symbol=${JSON.stringify(symbol)} version=${since}`,
      { details: { symbol, version: since } },
    );
  }
  const later = entries.slice(0, -1);
  const isComplete = entries.length === version - since + 1 && entries[0]?.commitId === commitId;
  const other = later.find(({ operation }) => operation !== "append" && operation !== "metadata");
  if (isComplete && other === undefined) return first.rows ?? 0;
  throw new VersionStoreError(
    "not-append-only",
    other === undefined
      ? `a version since then was removed, so nobody knows what happened symbol=${JSON.stringify(symbol)} since=${since} version=${version}`
      : `something else than appends happened symbol=${JSON.stringify(symbol)} since=${since} version=${other.version} operation=${other.operation}`,
    { details: { symbol, since, version } },
  );
}

/** Versions `from` to `to`, both included, newest first. */
async function entriesBetween(
  context: LibraryContext,
  symbol: string,
  from: number,
  to: number,
  options?: CallOptions,
): Promise<VersionEntry[]> {
  return withHead(
    context,
    symbol,
    async (head) => {
      const entries: VersionEntry[] = [];
      if (head === undefined) return entries;
      for await (const batch of entriesNewestFirst(context, head, options)) {
        entries.push(...batch.filter(({ version }) => version >= from && version <= to));
        const oldest = batch.at(-1)?.version ?? 0;
        if (oldest <= from) break;
      }
      return entries;
    },
    options,
  );
}
