import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { findByVersion } from "./find-entry.ts";
import type { Head } from "./head.ts";
import { readRemovedPage } from "./removed-page.ts";

/**
 * Whether a version that was about to be published is part of a later head. Its number was given out by then, to it or
 * to somebody else's; which one is told by the head, or by its removals when it was removed since.
 *
 * @returns `undefined` when the version of that number was removed and collected, so that nobody can tell
 */
export async function wasPublished(
  context: LibraryContext,
  head: Head,
  { version, commitId }: Pick<VersionEntry, "version" | "commitId">,
  options?: CallOptions,
): Promise<boolean | undefined> {
  if (head.lastVersion < version) return false;
  const live = await findByVersion(context, head, version, options);
  if (live !== undefined) return live.commitId === commitId;
  for (const removal of head.removals.toReversed()) {
    const entries = await readRemovedPage(context, removal, options);
    const removed = entries.find((entry) => entry.version === version);
    if (removed !== undefined) return removed.commitId === commitId;
  }
  return undefined;
}
