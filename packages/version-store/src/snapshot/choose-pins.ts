import { createLimiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { findByTime, findByVersion, findNthNewest, wasReplaced } from "../head/find-entry.ts";
import { newestLiveEntry, type Head } from "../head/head.ts";
import { listHeads } from "../head/list-heads.ts";
import { withHead } from "../head/with-head.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { PinnedVersion } from "./snapshot-page.ts";

/** So many symbols at most are looked up in pages of history at once. */
const MAX_LOOKUPS = 16;

/** Which version of which symbol shall be pinned. */
export interface PinChoice {
  /** Only symbols that start with this. */
  readonly prefix: string;
  readonly skipSymbols: ReadonlySet<string>;
  /** Versions of single symbols, by number or, below 0, counted from the newest. */
  readonly versions: ReadonlyMap<string, number>;
  /** Of the other symbols, what was the newest then; `undefined`: what is the newest now. */
  readonly consistentAtMs: number | undefined;
}

/**
 * Reads the heads, one listing of them all, and chooses the version of every symbol. Symbols without a value are left
 * out.
 *
 * @param renew called now and then, so that the transaction does not expire meanwhile
 * @returns pins in the order of UTF-16 code units of their symbols
 * @throws {VersionStoreError} `no-data-found` that names every version that was asked for and is missing,
 *   `data-integrity` for a damaged head that is not to be skipped
 */
export async function choosePins(
  context: LibraryContext,
  choice: PinChoice,
  renew: () => Promise<void>,
  options?: CallOptions,
): Promise<PinnedVersion[]> {
  const { prefix, skipSymbols, versions } = choice;
  const skippedKeys = new Set([...skipSymbols].map(headKey));
  const unseen = new Set(versions.keys());
  const missing: string[] = [];
  const pins: PinnedVersion[] = [];
  const limiter = createLimiter({ capacity: MAX_LOOKUPS });
  for await (const batch of listHeads(context, prefix, options)) {
    await renew();
    const wanted = batch.filter(({ key }) => !skippedKeys.has(key));
    await Promise.all(
      wanted.map(async (listed) => {
        if (listed.head === undefined) throw listed.error;
        const { head } = listed;
        const { symbol } = head;
        unseen.delete(symbol);
        const chosen = await limiter.run(() => chooseEntry(context, head, choice, options));
        if (chosen === "missing") missing.push(describe(symbol, choice));
        else if (chosen !== undefined) pins.push({ symbol, entry: chosen });
      }),
    );
  }
  for (const symbol of unseen) missing.push(describe(symbol, choice));
  if (missing.length > 0) throw missingVersions(missing);
  return pins.sort((left, right) => (left.symbol < right.symbol ? -1 : 1));
}

/** @returns `undefined` for a symbol without a value */
async function chooseEntry(
  context: LibraryContext,
  listed: Head,
  choice: PinChoice,
  options?: CallOptions,
): Promise<VersionEntry | "missing" | undefined> {
  const choose = async (head: Head | undefined): Promise<VersionEntry | "missing" | undefined> =>
    head && chooseFromHead(context, head, choice, options);
  try {
    return await choose(listed);
  } catch (error) {
    if (!isVersionStoreError(error, "data-integrity")) throw error;
    // The head may have changed since it was listed, and its old pages be gone.
    return withHead(context, listed.symbol, choose, options);
  }
}

async function chooseFromHead(
  context: LibraryContext,
  head: Head,
  { versions, consistentAtMs }: PinChoice,
  options?: CallOptions,
): Promise<VersionEntry | "missing" | undefined> {
  const version = versions.get(head.symbol);
  if (version !== undefined) {
    const entry =
      version > 0
        ? await findByVersion(context, head, version, options)
        : await findNthNewest(context, head, -version, options);
    return entry === undefined || entry.operation === "delete" ? "missing" : entry;
  }
  if (consistentAtMs === undefined) return newestLiveEntry(head);
  const entry = await findByTime(context, head, consistentAtMs, options);
  if (entry !== undefined && wasReplaced(head, entry, consistentAtMs)) return "missing";
  return entry?.operation === "delete" ? undefined : entry;
}

function describe(symbol: string, { versions, consistentAtMs }: PinChoice): string {
  const version = versions.get(symbol);
  return version === undefined
    ? `${symbol} at time_ms=${consistentAtMs ?? 0}`
    : `${symbol} version=${version}`;
}

function missingVersions(missing: readonly string[]): VersionStoreError {
  const names = JSON.stringify(missing.toSorted());
  return new VersionStoreError(
    "no-data-found",
    `versions to pin are not there; leave them out or skip their symbols missing=${names}`,
    { details: { missing: names, count: missing.length } },
  );
}
