import type { AnswerEntry } from "@foretile/prediction-store";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { tileGroups } from "../../src/request/tile-groups.ts";

function entry(minerId: number, storedBytes: number | undefined): AnswerEntry {
  const facts = { minerUid: minerId, minerId, processTimeSeconds: 1 };
  return storedBytes === undefined
    ? { ...facts, status: "invalid", reason: "path_count", message: "7 paths" }
    : { ...facts, status: "valid", contentHash: "", rawBytes: 400, storedBytes, mode: "pack" };
}

test("groups hold as much as they may, in order, and a larger tile is alone", () => {
  const answers = [4, 6, undefined, 1, 25, 9, 1].map((bytes, index) => entry(index, bytes));
  expect(tileGroups(answers, 10)).toEqual([
    { minerIds: [0, 1], storedBytes: 10 },
    { minerIds: [3], storedBytes: 1 },
    { minerIds: [4], storedBytes: 25 },
    { minerIds: [5, 6], storedBytes: 10 },
  ]);
  expect(tileGroups([entry(0, undefined)], 10)).toEqual([]);
});

test("every valid answer is in one group, and no two neighbours would fit into one", () => {
  const sizes = fc.array(fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 60 }), (stored, maxBytes) => {
      const answers = stored.map((bytes, index) => entry(index, bytes));
      const groups = tileGroups(answers, maxBytes);
      expect(groups.flatMap(({ minerIds }) => minerIds)).toEqual(
        answers.filter(({ status }) => status === "valid").map(({ minerId }) => minerId),
      );
      for (const { minerIds, storedBytes } of groups) {
        expect(storedBytes).toBe(minerIds.reduce((sum, id) => sum + (stored[id] ?? 0), 0));
        expect(minerIds.length === 1 || storedBytes <= maxBytes).toBe(true);
      }
      for (const [index, { minerIds }] of groups.slice(1).entries()) {
        const first = stored[minerIds[0] ?? -1] ?? 0;
        expect((groups[index]?.storedBytes ?? 0) + first).toBeGreaterThan(maxBytes);
      }
    }),
  );
});
