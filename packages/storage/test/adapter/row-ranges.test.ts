import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rowRanges } from "../../src/adapter/index.ts";
import { inKeyRange, toKey, type KeyRange, type RowSelection } from "../../src/index.ts";

const letters = ["!", "a", "b", "~"];
const keyText = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 3 });
const end = fc.string({ unit: fc.constantFrom(" ", ...letters, "\x7f"), maxLength: 3 });
const range: fc.Arbitrary<KeyRange> = fc.record({ gte: end, lt: end }, { requiredKeys: [] });
const selection: fc.Arbitrary<RowSelection> = fc.record(
  { keys: fc.array(keyText.map((text) => toKey(text))), ranges: fc.array(range) },
  { requiredKeys: [] },
);

/** Every key of one to three letters, in order. */
const universe = ["", ...letters]
  .flatMap((a) => ["", ...letters].flatMap((b) => [...letters].map((c) => `${a}${b}${c}`)))
  .filter((text, index, all) => all.indexOf(text) === index)
  .sort();

function isSelected(key: string, { keys, ranges }: RowSelection): boolean {
  if (keys === undefined && ranges === undefined) return true;
  return (
    (keys ?? []).some((candidate) => candidate === key) ||
    (ranges ?? []).some((candidate) => inKeyRange(key, candidate))
  );
}

test("property: a scan over the ranges meets each selected row once, in order", () => {
  fc.assert(
    fc.property(selection, (wanted) => {
      const met = rowRanges(wanted).flatMap((part) =>
        universe.filter((key) => inKeyRange(key, part)),
      );
      expect(met).toEqual(universe.filter((key) => isSelected(key, wanted)));
    }),
    { numRuns: 500 },
  );
});

test("no range is empty and touching ranges are one", () => {
  expect(
    rowRanges({
      ranges: [{ gte: "b", lt: "a" }, { gte: "a", lt: "a" }, { lt: "" }],
    }),
  ).toEqual([]);
  expect(
    rowRanges({ ranges: [{ gte: "b", lt: "c" }, { gte: "a", lt: "b" }, { lt: "a" }] }),
  ).toEqual([{ lt: "c" }]);
  expect(rowRanges({ keys: [toKey("k")] })).toEqual([{ gte: "k", lt: "k!" }]);
});
