import type { SegmentEntry } from "./manifest.ts";
import type { SegmentPagePointer } from "./stored-manifest.ts";

/** Segments of one page. An append to a large value rewrites at most one page and the root. */
export const PAGE_SEGMENTS = 1024;

/** A page of a manifest that was read, with its entries. */
export interface LoadedSegmentPage extends SegmentPagePointer {
  readonly segments: readonly SegmentEntry[];
}

/** One page to be: either one that is stored already, or entries to write. */
type PlannedPage =
  | { readonly stored: LoadedSegmentPage }
  | { readonly stored?: undefined; readonly segments: readonly SegmentEntry[] };

export interface PagePlan {
  readonly pages: readonly PlannedPage[];
  /** What stays in the root: less than a page. */
  readonly tail: readonly SegmentEntry[];
}

/**
 * Cuts segment entries into pages of {@link PAGE_SEGMENTS}. A page with exactly the entries of one of the base's pages,
 * at its place, is that page: only what changed is written.
 */
export function planPages(
  segments: readonly SegmentEntry[],
  basePages: readonly LoadedSegmentPage[],
): PagePlan {
  const pages: PlannedPage[] = [];
  let start = 0;
  for (; start + PAGE_SEGMENTS <= segments.length; start += PAGE_SEGMENTS) {
    const slice = segments.slice(start, start + PAGE_SEGMENTS);
    const same = basePages[pages.length];
    pages.push(
      same !== undefined && sameEntries(slice, same.segments)
        ? { stored: same }
        : { segments: slice },
    );
  }
  return { pages, tail: segments.slice(start) };
}

/** By identity: whoever builds on a version passes its entries on as they are. */
function sameEntries(left: readonly SegmentEntry[], right: readonly SegmentEntry[]): boolean {
  return left.length === right.length && left.every((entry, index) => entry === right[index]);
}
