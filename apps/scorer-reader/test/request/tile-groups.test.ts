import type { TileRun } from "@foretile/prediction-store";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { tileGroups } from "../../src/request/tile-groups.ts";

function run(first: number, storedBytes: number): TileRun {
  return { minerIds: [first, first + 1000], storedBytes };
}

test("groups hold as much as they may, in order, and a larger run is alone", () => {
  const runs = [4, 6, 1, 25, 9, 1].map((bytes, index) => run(index, bytes));
  expect(tileGroups(runs, 10)).toEqual([
    { runs: runs.slice(0, 2), storedBytes: 10 },
    { runs: runs.slice(2, 3), storedBytes: 1 },
    { runs: runs.slice(3, 4), storedBytes: 25 },
    { runs: runs.slice(4), storedBytes: 10 },
  ]);
  expect(tileGroups([], 10)).toEqual([]);
});

test("every run is in one group, and no two neighbours would fit into one", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 60 }), (stored, maxBytes) => {
      const runs = stored.map((bytes, index) => run(index, bytes));
      const groups = tileGroups(runs, maxBytes);
      expect(groups.flatMap((group) => group.runs)).toEqual(runs);
      for (const group of groups) {
        expect(group.storedBytes).toBe(group.runs.reduce((sum, one) => sum + one.storedBytes, 0));
        expect(group.runs.length === 1 || group.storedBytes <= maxBytes).toBe(true);
      }
      for (const [index, group] of groups.slice(1).entries()) {
        const first = group.runs[0]?.storedBytes ?? 0;
        expect((groups[index]?.storedBytes ?? 0) + first).toBeGreaterThan(maxBytes);
      }
    }),
  );
});
