import { describe, expect, test } from "vitest";
import { intersectRanges } from "../../src/read/intersect-ranges.ts";
import { clipRows } from "../../src/read/row-selection.ts";

describe("rows by number", () => {
  test.each([
    { selection: {}, rows: 10, from: 0, to: 10 },
    { selection: { from: 3 }, rows: 10, from: 3, to: 10 },
    { selection: { to: 3 }, rows: 10, from: 0, to: 3 },
    { selection: { from: -3 }, rows: 10, from: 7, to: 10 },
    { selection: { to: -3 }, rows: 10, from: 0, to: 7 },
    { selection: { from: -30, to: -20 }, rows: 10, from: 0, to: 0 },
    { selection: { from: 30, to: 40 }, rows: 10, from: 10, to: 10 },
    { selection: { from: -Infinity, to: Infinity }, rows: 10, from: 0, to: 10 },
    { selection: { from: 8, to: -5 }, rows: 10, from: 8, to: 8 },
    { selection: { from: -1, to: 0 }, rows: 10, from: 9, to: 9 },
    { selection: { from: 2, to: 4 }, rows: 0, from: 0, to: 0 },
  ])("$selection of $rows", ({ selection, rows, from, to }) => {
    expect(clipRows(selection, rows)).toEqual({ from, to });
  });

  test.each([
    { from: 5, to: 3 },
    { from: -3, to: -5 },
    { from: Infinity, to: 3 },
    { from: 0.5 },
    { to: Number.NaN },
    { from: "1" as never },
  ])("%o is refused", (selection) => {
    expect(() => clipRows(selection, 10)).toThrow(
      expect.objectContaining({ code: "invalid-range" }) as Error,
    );
  });

  test("several ranges within one keep what they have in common, and no empty one", () => {
    const ranges = [
      { from: 0, to: 3 },
      { from: 3, to: 5 },
      { from: 7, to: 9 },
    ];
    expect(intersectRanges(ranges, { from: 1, to: 8 })).toEqual([
      { from: 1, to: 3 },
      { from: 3, to: 5 },
      { from: 7, to: 8 },
    ]);
    expect(intersectRanges(ranges, { from: 5, to: 7 })).toEqual([]);
    expect(intersectRanges(ranges, { from: 3, to: 7 })).toEqual([{ from: 3, to: 5 }]);
  });
});
