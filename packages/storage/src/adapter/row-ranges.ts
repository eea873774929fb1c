import type { KeyRange } from "../key.ts";
import type { RowSelection } from "../row-store.ts";

/** The lowest key above `key`: "!" is the lowest character a key may have. */
export function keyAfter(key: string): string {
  return `${key}!`;
}

/**
 * What a selection means: disjoint, non-empty ranges in key order, so that a plain scan over them returns every
 * selected row once. A single key becomes the range that holds only it.
 */
export function rowRanges(selection: RowSelection): readonly KeyRange[] {
  const { keys, ranges } = selection;
  if (keys === undefined && ranges === undefined) return [{}];
  const wanted = [
    ...(keys ?? []).map((key): KeyRange => ({ gte: key, lt: keyAfter(key) })),
    ...(ranges ?? []),
  ].filter(({ gte, lt }) => lt === undefined || (gte ?? "") < lt);
  wanted.sort(byStart);

  const merged: KeyRange[] = [];
  for (const range of wanted) {
    const last = merged.at(-1);
    if (last !== undefined && touches(last, range)) {
      merged[merged.length - 1] = join(last, range);
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function byStart(left: KeyRange, right: KeyRange): number {
  const leftStart = left.gte ?? "";
  const rightStart = right.gte ?? "";
  if (leftStart === rightStart) return 0;
  return leftStart < rightStart ? -1 : 1;
}

/** For ranges in order of their starts. */
function touches(left: KeyRange, right: KeyRange): boolean {
  return left.lt === undefined || right.gte === undefined || right.gte <= left.lt;
}

function join(left: KeyRange, right: KeyRange): KeyRange {
  const start = left.gte === undefined ? {} : { gte: left.gte };
  if (left.lt === undefined || right.lt === undefined) return start;
  return { ...start, lt: left.lt > right.lt ? left.lt : right.lt };
}
