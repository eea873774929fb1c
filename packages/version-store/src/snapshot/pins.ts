import { createLimiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { listSnapshotRecords } from "./list-records.ts";
import { findPinned } from "./read-snapshot.ts";
import { readSnapshotPage } from "./snapshot-page.ts";
import {
  readSnapshotRecord,
  type PinnedSet,
  type SnapshotPagePointer,
  type SnapshotRecord,
} from "./snapshot-record.ts";

/** So many snapshots at most are looked into at once, a page of each. */
const MAX_CONCURRENT = 8;

/**
 * The versions of a symbol that snapshots pin, each with the names of the snapshots: of every snapshot the one page is
 * read that may hold the symbol. Snapshots that are still being made are not among them, since what they pin is not
 * known yet; collectors keep that for them.
 *
 * @returns names in the order of UTF-16 code units
 * @throws {VersionStoreError} `data-integrity`, `format-too-new` for a damaged snapshot: nobody knows what it pins
 */
export async function pinnedVersions(
  context: LibraryContext,
  symbol: string,
  options?: CallOptions,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const pinned = new Map<number, string[]>();
  await forEachSnapshot(
    context,
    async (name, set) => {
      const entry = await findPinned(context, set, symbol, options);
      if (entry === undefined) return;
      const names = pinned.get(entry.version);
      if (names === undefined) pinned.set(entry.version, [name]);
      else names.push(name);
    },
    options,
  );
  for (const names of pinned.values()) names.sort();
  return pinned;
}

/**
 * The versions that snapshots pin, of all symbols that start with `prefix`. Every page of every snapshot that may hold
 * such a symbol is read once; the result is at most as large as the lists of all versions.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new` for a damaged snapshot: nobody knows what it pins
 */
export async function allPinnedVersions(
  context: LibraryContext,
  prefix: string,
  options?: CallOptions,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const pinned = new Map<string, Set<number>>();
  await forEachSnapshot(
    context,
    async (_name, { pages }) => {
      for (const pointer of pages.filter((page, index) =>
        mayHold(page, pages[index + 1], prefix),
      )) {
        for (const { symbol, entry } of await readSnapshotPage(context, pointer, options)) {
          if (!symbol.startsWith(prefix)) continue;
          const versions = pinned.get(symbol);
          if (versions === undefined) pinned.set(symbol, new Set([entry.version]));
          else versions.add(entry.version);
        }
      }
    },
    options,
  );
  return pinned;
}

/** Whether a page may hold symbols that start with `prefix`. */
function mayHold(
  page: SnapshotPagePointer,
  next: SnapshotPagePointer | undefined,
  prefix: string,
): boolean {
  const startsBehind = page.firstSymbol > prefix && !page.firstSymbol.startsWith(prefix);
  const endsBefore = next !== undefined && next.firstSymbol <= prefix;
  return !startsBehind && !endsBefore;
}

type LookInto = (name: string, set: PinnedSet) => Promise<void>;

async function forEachSnapshot(
  context: LibraryContext,
  lookInto: LookInto,
  options?: CallOptions,
): Promise<void> {
  const limiter = createLimiter({ capacity: MAX_CONCURRENT });
  for await (const batch of listSnapshotRecords(context, options)) {
    await Promise.all(
      batch.map(async (listed) => {
        if (listed.record === undefined) throw listed.error;
        const { record } = listed;
        await limiter.run(() => lookIntoNewest(context, record, lookInto, options), options);
      }),
    );
  }
}

/** What a snapshot pinned that was deleted and collected since it was listed, is not pinned any more. */
async function lookIntoNewest(
  context: LibraryContext,
  { name, current: listed }: SnapshotRecord,
  lookInto: LookInto,
  options?: CallOptions,
): Promise<void> {
  let current = listed;
  while (current?.state === "committed") {
    try {
      await lookInto(name, current);
      return;
    } catch (error) {
      if (!isVersionStoreError(error, "data-integrity")) throw error;
      const now: PinnedSet | undefined = (await readSnapshotRecord(context, name, options))?.record
        .current;
      if (now?.id === current.id) throw error;
      current = now;
    }
  }
}
