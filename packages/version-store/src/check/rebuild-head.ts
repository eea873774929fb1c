import type { CallOptions } from "@foretile/storage";
import { pageWriters } from "../commit/page-writers.ts";
import { publishHead } from "../commit/publish-head.ts";
import { Workspace } from "../commit/workspace.ts";
import { isDamage } from "../collect/damage.ts";
import { emptyHead, type Head } from "../head/head.ts";
import { appendEntries, type VersionLists } from "../head/history.ts";
import { removeVersions, type PageWriters } from "../head/remove-versions.ts";
import { selectVersionsBefore } from "../head/version-selection.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { pinnedVersions } from "../snapshot/pins.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import type { ChosenVersions } from "./choose-versions.ts";
import type { LostHead } from "./lost-heads.ts";

/** So many entries are added at a time: a head never holds many more. */
const ENTRIES_AT_ONCE = 32;

/**
 * Puts a head together again and publishes it in the place of what is there.
 *
 * @returns `false` when somebody changed what is there meanwhile; nothing was changed then
 * @throws {VersionStoreError} `commit-outcome-unknown` and others; may be repeated
 */
export async function rebuildHead(
  context: LibraryContext,
  lost: LostHead,
  chosen: ChosenVersions,
  options: CallOptions,
): Promise<boolean> {
  const { symbol, key, ref } = lost;
  const workspace = await Workspace.open(context, {
    kind: "edit",
    symbols: [symbol],
    lifetimeMs: context.config.times.transactionLifetimeMs,
    signal: options.signal,
  });
  let isPublished = false;
  try {
    const head = await assemble(context, lost, chosen, pageWriters(workspace), options);
    await workspace.ensureRunning();
    const next: Head = { ...head, changeId: context.ids.nextId() };
    const outcome = await publishHead(context, {
      key,
      expected: ref?.token,
      next,
      isPublished: (found) => found.changeId === next.changeId,
    });
    isPublished = outcome === "published";
  } catch (error) {
    if (!isVersionStoreError(error, "commit-outcome-unknown")) {
      await Promise.allSettled([workspace.close([])]);
    }
    throw error;
  }
  await workspace.close(isPublished ? workspace.attemptKeys : []);
  return isPublished;
}

async function assemble(
  context: LibraryContext,
  lost: LostHead,
  { entries }: ChosenVersions,
  writers: PageWriters,
  options: CallOptions,
): Promise<Omit<Head, "changeId">> {
  const { symbol, removals, lastVersion, lastCommittedAtMs } = lost;
  let lists: VersionLists = { recent: [], history: [] };
  for (let start = 0; start < entries.length; start += ENTRIES_AT_ONCE) {
    const some = entries.slice(start, start + ENTRIES_AT_ONCE);
    lists = await appendEntries(context, lists, some, writers.history, options);
  }
  const head = { ...emptyHead(symbol), ...lists, removals, lastVersion, lastCommittedAtMs };
  const deletion = entries.findLast(({ operation }) => operation === "delete");
  return deletion === undefined ? head : removeDeleted(context, lost, head, deletion, writers);
}

/** What was deleted with its symbol stays deleted, and can be taken back as long as ever. */
async function removeDeleted(
  context: LibraryContext,
  { symbol, candidates }: LostHead,
  head: Omit<Head, "changeId">,
  { version, committedAtMs }: VersionEntry,
  writers: PageWriters,
): Promise<Omit<Head, "changeId">> {
  const listed = candidates.filter(({ isListed }) => isListed);
  const stays = new Set([
    ...listed.map(({ entry }) => entry.version),
    ...(await pinsOf(context, symbol)),
  ]);
  const removal = {
    selection: selectVersionsBefore(version, stays),
    reason: "delete",
    removedAtMs: committedAtMs,
    keepUntilMs: committedAtMs + context.config.times.undeleteMs,
  } as const;
  return removeVersions(context, head, removal, writers);
}

async function pinsOf(context: LibraryContext, symbol: string): Promise<Iterable<number>> {
  try {
    return (await pinnedVersions(context, symbol)).keys();
  } catch (error) {
    // What a damaged snapshot pins cannot be known; sound ones lead to their versions by themselves.
    if (isDamage(error)) return [];
    throw error;
  }
}
