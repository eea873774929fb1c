import type { CallOptions } from "@foretile/storage";
import type { Workspace } from "../commit/workspace.ts";
import { SNAPSHOT_PAGE_KIND } from "../document/document-kind.ts";
import { encodeSnapshotPage, type PinnedVersion } from "./snapshot-page.ts";
import type { SnapshotPagePointer } from "./snapshot-record.ts";

/** With the longest names and texts a page of so many pins stays below 3 MiB. */
const MAX_PINS_PER_PAGE = 1000;

/** So many pages at most are stored at once. */
const MAX_UPLOADS = 4;

/**
 * Stores pins page by page. No upload runs any more when this settles.
 *
 * @param pins in the order of UTF-16 code units of their symbols
 */
export async function writeSnapshotPages(
  workspace: Workspace,
  pins: readonly PinnedVersion[],
  options?: CallOptions,
): Promise<SnapshotPagePointer[]> {
  const pages: SnapshotPagePointer[] = [];
  for (let start = 0; start < pins.length; start += MAX_PINS_PER_PAGE * MAX_UPLOADS) {
    await workspace.renewWhenDue();
    const uploads: Promise<SnapshotPagePointer[]>[] = [];
    for (let page = 0; page < MAX_UPLOADS; page += 1) {
      const from = start + page * MAX_PINS_PER_PAGE;
      uploads.push(writePage(workspace, pins.slice(from, from + MAX_PINS_PER_PAGE), options));
    }
    await Promise.allSettled(uploads);
    pages.push(...(await Promise.all(uploads)).flat());
  }
  return pages;
}

async function writePage(
  workspace: Workspace,
  pins: readonly PinnedVersion[],
  options?: CallOptions,
): Promise<SnapshotPagePointer[]> {
  const [first] = pins;
  if (first === undefined) return [];
  const value = encodeSnapshotPage(pins);
  const page = await workspace.putDocument("x", SNAPSHOT_PAGE_KIND, value, options);
  return [{ firstSymbol: first.symbol, count: pins.length, page }];
}
