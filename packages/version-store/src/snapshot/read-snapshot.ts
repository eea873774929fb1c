import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { readSnapshotPage } from "./snapshot-page.ts";
import { readSnapshotRecord, type PinnedSet } from "./snapshot-record.ts";

/**
 * The snapshot of a name.
 *
 * @throws {VersionStoreError} `no-such-snapshot`, also while it is still being made
 */
export async function readPinnedSet(
  context: LibraryContext,
  name: string,
  options?: CallOptions,
): Promise<PinnedSet> {
  const state = await readSnapshotRecord(context, name, options);
  const current = state?.record.current;
  if (current?.state !== "committed") throw noSuchSnapshot(name);
  return current;
}

export function noSuchSnapshot(name: string): VersionStoreError {
  return new VersionStoreError(
    "no-such-snapshot",
    `there is no such snapshot snapshot=${JSON.stringify(name)}`,
    { details: { snapshot: name } },
  );
}

/**
 * The version of a symbol that a snapshot pins, `undefined` when it pins none: the record and one page.
 *
 * @throws {VersionStoreError} `no-such-snapshot`
 */
export async function readSnapshotEntry(
  context: LibraryContext,
  name: string,
  symbol: string,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const { pages } = await readPinnedSet(context, name, options);
  return findPinned(context, { pages }, symbol, options);
}

/** The version of a symbol in a set, `undefined` when the set does not pin it. */
export async function findPinned(
  context: LibraryContext,
  { pages }: Pick<PinnedSet, "pages">,
  symbol: string,
  options?: CallOptions,
): Promise<VersionEntry | undefined> {
  const page = pages.findLast(({ firstSymbol }) => firstSymbol <= symbol);
  if (page === undefined) return undefined;
  const pins = await readSnapshotPage(context, page, options);
  return pins.find((pin) => pin.symbol === symbol)?.entry;
}
