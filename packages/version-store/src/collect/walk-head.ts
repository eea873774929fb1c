import type { Key, RefEntry } from "@foretile/storage";
import { decodeHeadBytes } from "../head/head-record.ts";
import type { Head, Removal } from "../head/head.ts";
import { readEntryPage, readRunPage, type HistoryRun } from "../head/history-run.ts";
import { readRemovedPage } from "../head/removed-page.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { isDamage, type Damage } from "./damage.ts";
import { runBounded } from "./run-bounded.ts";
import { READS_AT_ONCE, type Walk, type WalkedVersion } from "./walk.ts";
import { walkVersion } from "./walk-version.ts";

/** Walks everything below one head. */
export async function walkHead(walk: Walk, ref: RefEntry): Promise<void> {
  await walk.untilStable(ref, (value, damages) => walkOnce(walk, ref.key, value, damages));
}

/**
 * Decodes a head and checks that it is where it belongs.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export function openHead(context: LibraryContext, key: Key, value: Uint8Array): Head {
  const head = decodeHeadBytes(context, value, key);
  if (headKey(head.symbol) === key) return head;
  throw new VersionStoreError(
    "data-integrity",
    `head belongs to another symbol key=${key} found=${JSON.stringify(head.symbol)}`,
    { details: { key } },
  );
}

async function walkOnce(walk: Walk, key: Key, value: Uint8Array, damages: Damage[]): Promise<void> {
  let head: Head;
  try {
    head = openHead(walk.context, key, value);
  } catch (error) {
    if (!isDamage(error)) throw error;
    damages.push({ what: "head", key, error });
    return;
  }
  walk.visitor.head?.(head);
  await walkEntries(walk, head.symbol, head.recent, damages);
  await walkRuns(walk, head.symbol, head.history, damages);
  for (const removal of head.removals) {
    if (walk.visitor.removal(head.symbol, removal)) {
      await walkRemoval(walk, head.symbol, removal, damages);
    }
  }
}

/** @returns whether all versions and everything below them is sound */
async function walkEntries(
  walk: Walk,
  symbol: string,
  entries: readonly VersionEntry[],
  damages: Damage[],
): Promise<boolean> {
  let allSound = true;
  const walked: (WalkedVersion | undefined)[] = entries.map(() => undefined);
  await runBounded(entries.entries(), READS_AT_ONCE, async ([index, entry]) => {
    const place = { symbol, version: entry.version, snapshot: undefined };
    const { sound, version } = await walkVersion(walk, place, entry, damages);
    walked[index] = version;
    if (!sound) allSound = false;
  });
  walk.visitor.entries?.(symbol, entries, walked);
  return allSound;
}

async function walkRuns(
  walk: Walk,
  symbol: string,
  runs: readonly HistoryRun[],
  damages: Damage[],
): Promise<boolean> {
  const { context, options } = walk;
  let allSound = true;
  for (const run of runs.toReversed()) {
    const place = { what: "history-page", symbol } as const;
    const sound =
      run.level === 0
        ? await walk.through(
            run.page,
            place,
            damages,
            () => readEntryPage(context, run, options),
            (entries) => walkEntries(walk, symbol, entries, damages),
          )
        : await walk.through(
            run.page,
            place,
            damages,
            () => readRunPage(context, run, options),
            (below) => walkRuns(walk, symbol, below, damages),
          );
    if (!sound) allSound = false;
  }
  return allSound;
}

/** Walks the versions that were taken out of a head. */
export async function walkRemoval(
  walk: Walk,
  symbol: string,
  removal: Removal,
  damages: Damage[],
): Promise<boolean> {
  return walk.through(
    removal.page,
    { what: "removed-page", symbol },
    damages,
    () => readRemovedPage(walk.context, removal, walk.options),
    async (entries) => {
      let allSound = true;
      await runBounded(entries, READS_AT_ONCE, async (entry) => {
        const place = { symbol, version: entry.version, snapshot: undefined };
        const { sound } = await walkVersion(walk, place, entry, damages);
        if (!sound) allSound = false;
      });
      return allSound;
    },
  );
}
