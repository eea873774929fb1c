import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countJoined, countSmall, isSmall } from "../../src/write/merge-policy.ts";

const blocks = (...rows: number[]): { rows: number }[] => rows.map((count) => ({ rows: count }));

describe("which blocks join new rows", () => {
  test.each([
    { before: [], added: 1, joined: 0 },
    { before: [1], added: 1, joined: 1 },
    { before: [3], added: 1, joined: 1 },
    { before: [4], added: 1, joined: 0 },
    { before: [16, 4], added: 2, joined: 2 },
    { before: [16, 4], added: 1, joined: 0 },
    { before: [23, 4, 3], added: 1, joined: 3 },
    { before: [24, 4, 3], added: 1, joined: 3 },
    { before: [32, 4, 3], added: 1, joined: 2 },
    { before: [49], added: 30, joined: 1 },
    { before: [50], added: 30, joined: 0 },
    { before: [100, 1], added: 50, joined: 0 },
    { before: [1, 1, 1], added: 0, joined: 0 },
  ])("of $before before $added: $joined", ({ before, added, joined }) => {
    expect(countJoined(blocks(...before), added, 100)).toBe(joined);
  });

  test("few blocks are left, each row is stored a few times, no block is too long", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 400 }), (appends) => {
        const rowsPerBlock = 128;
        let lengths: number[] = [];
        let stored = 0;
        for (const added of appends) {
          const joined = countJoined(blocks(...lengths), added, rowsPerBlock);
          const kept = lengths.slice(0, lengths.length - joined);
          const merged = lengths.slice(kept.length).reduce((sum, rows) => sum + rows, added);
          lengths = [...kept, merged];
          stored += merged;
        }
        const rows = appends.reduce((sum, added) => sum + added, 0);
        expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(rowsPerBlock);
        expect(lengths.length).toBeLessThanOrEqual((2 * rows) / rowsPerBlock + 5);
        expect(stored).toBeLessThanOrEqual(12 * rows);
      }),
    );
  });

  test("small blocks are those of less than half a full one, counted from the end", () => {
    expect([49, 50].map((rows) => isSmall(rows, 100))).toEqual([true, false]);
    expect(countSmall(blocks(1, 100, 3, 2), 100)).toBe(2);
    expect(countSmall(blocks(1, 2), 100)).toBe(2);
    expect(countSmall(blocks(1, 50), 100)).toBe(0);
    expect(countSmall([], 100)).toBe(0);
  });
});
