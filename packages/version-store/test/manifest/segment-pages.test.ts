import * as fc from "fast-check";
import { toKey } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import type { SegmentEntry } from "../../src/manifest/manifest.ts";
import {
  PAGE_SEGMENTS,
  planPages,
  type LoadedSegmentPage,
  type PagePlan,
} from "../../src/manifest/segment-pages.ts";
import { segmentEntries } from "./segment-entries.ts";

/** The pages of a plan as if they had been stored. */
function stored({ pages }: PagePlan): LoadedSegmentPage[] {
  return pages.map((page, index) => {
    if (page.stored !== undefined) return page.stored;
    const pointer = { key: toKey(`m/${index}`), length: 1, hash: new Uint8Array(16) };
    return { pointer, count: page.segments.length, segments: page.segments };
  });
}

function entriesOf({ pages, tail }: PagePlan): SegmentEntry[] {
  return [...pages.flatMap((page) => (page.stored ?? page).segments), ...tail];
}

describe("pages of a manifest", () => {
  test.each([0, 1, PAGE_SEGMENTS - 1, PAGE_SEGMENTS, PAGE_SEGMENTS + 1, 3 * PAGE_SEGMENTS])(
    "hold %i segments, with less than a page in the root",
    (count) => {
      const segments = segmentEntries(count);
      const plan = planPages(segments, []);
      expect(plan.pages).toHaveLength(Math.floor(count / PAGE_SEGMENTS));
      expect(plan.tail.length).toBeLessThan(PAGE_SEGMENTS);
      expect(entriesOf(plan)).toEqual(segments);
    },
  );

  test("are the base's wherever nothing changed, and never elsewhere", () => {
    const base = segmentEntries(5 * PAGE_SEGMENTS);
    const basePages = stored(planPages(base, []));
    const change = fc.record({
      at: fc.nat({ max: base.length }),
      removed: fc.nat({ max: 2 }),
      added: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(change, ({ at, removed, added }) => {
        const other = segmentEntries(added, { transactionId: "1".repeat(26) });
        const segments = [...base.slice(0, at), ...other, ...base.slice(at + removed)];
        const plan = planPages(segments, basePages);
        expect(entriesOf(plan)).toEqual(segments);
        plan.pages.forEach((page, index) => {
          const start = index * PAGE_SEGMENTS;
          const same = base
            .slice(start, start + PAGE_SEGMENTS)
            .every((entry, offset) => entry === segments[start + offset]);
          expect(page.stored).toBe(same ? basePages[index] : undefined);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("are not the base's when the entries are only equal: a copy may have been changed", () => {
    const base = segmentEntries(PAGE_SEGMENTS);
    const basePages = stored(planPages(base, []));
    const copies = base.map((entry) => ({ ...entry }));
    expect(planPages(copies, basePages).pages[0]?.stored).toBeUndefined();
    expect(planPages(base, basePages).pages[0]?.stored).toBe(basePages[0]);
  });
});
